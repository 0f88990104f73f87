//===- OutputFiles.cpp - several files, all or nothing ----------------------===//
// Part of qcc, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//===----------------------------------------------------------------------===//
#include "qcc/Support/OutputFiles.h"

#include "llvm/ADT/STLExtras.h"
#include "llvm/ADT/ScopeExit.h"
#include "llvm/ADT/StringSet.h"
#include "llvm/Support/FileSystem.h"
#include "llvm/Support/Path.h"
#include "llvm/Support/Signals.h"
#include <cerrno>
#include <cstring>
#include <fcntl.h>
#include <unistd.h>

using namespace llvm;

namespace qcc {

static Error makeError(StringRef path, StringRef what, StringRef code) {
  return createStringError("%s: %s [%s]", path.str().c_str(), what.str().c_str(),
                           code.str().c_str());
}

static Error cannotWrite(StringRef path) {
  return makeError(path, std::string("cannot write: ") + std::strerror(errno), "E6101");
}

/// Writes everything and closes; a full disk may only show at fsync or close.
static Error writeAndClose(int descriptor, StringRef path, StringRef contents, bool sync) {
  scope_exit closer([&] { close(descriptor); });
  while (!contents.empty()) {
    ssize_t written = ::write(descriptor, contents.data(), contents.size());
    if (written < 0 && errno == EINTR)
      continue;
    if (written < 0)
      return cannotWrite(path);
    contents = contents.drop_front(written);
  }
  if (sync && fsync(descriptor) != 0)
    return cannotWrite(path);
  closer.release();
  if (close(descriptor) != 0)
    return cannotWrite(path);
  return Error::success();
}

/// Whether the path names bytes that are passed on as they are written: "-", a device, a pipe.
static bool isStream(StringRef path) {
  sys::fs::file_status status;
  return path == "-" || (!sys::fs::status(path, status) && !sys::fs::is_regular_file(status) &&
                         !sys::fs::is_directory(status));
}

/// One text for every spelling of a path, also of a file that does not exist yet.
static std::string getPlace(StringRef path) {
  SmallString<128> place;
  if (!sys::fs::real_path(path, place))
    return place.str().str();
  StringRef directory = sys::path::parent_path(path);
  if (sys::fs::real_path(directory.empty() ? "." : directory, place))
    return path.str();
  sys::path::append(place, sys::path::filename(path));
  return place.str().str();
}

void OutputFiles::protect(StringRef inputPath) {
  sys::fs::file_status status;
  if (!sys::fs::status(inputPath, status))
    inputs.insert(status.getUniqueID());
}

void OutputFiles::add(StringRef path, std::string contents) {
  auto announced = find_if(
      files, [&](const File &file) { return file.path == path && !file.contents.has_value(); });
  if (announced != files.end())
    announced->contents = std::move(contents);
  else
    files.push_back({path.str(), std::move(contents)});
}

Error OutputFiles::check() const {
  StringSet<> places;
  for (const File &file : files) {
    if (file.path != "-" && isStream(file.path))
      continue;
    if (!places.insert(file.path == "-" ? "-" : getPlace(file.path)).second)
      return makeError(file.path, "would be written twice; choose another path", "E6104");
    if (file.path == "-")
      continue;
    sys::fs::file_status status;
    if (sys::fs::status(file.path, status)) {
      StringRef directory = sys::path::parent_path(file.path);
      if (!directory.empty() && !sys::fs::is_directory(directory))
        return makeError(file.path, ("cannot write: there is no directory " + directory).str(),
                         "E6101");
      continue; // a new file
    }
    if (sys::fs::is_directory(status))
      return makeError(file.path, "is a directory; name a file", "E6102");
    if (inputs.count(status.getUniqueID()))
      return makeError(file.path, "is an input of this run; choose another output", "E6103");
  }
  return Error::success();
}

static Error writeStream(StringRef path, StringRef contents) {
  int descriptor =
      path == "-" ? dup(STDOUT_FILENO) : open(path.str().c_str(), O_WRONLY | O_CLOEXEC);
  if (descriptor < 0)
    return cannotWrite(path);
  return writeAndClose(descriptor, path, contents, /*sync=*/false);
}

Error OutputFiles::write() {
  if (Error error = check())
    return error;
  struct Pending {
    std::string temporary, path;
  };
  std::vector<Pending> pending;
  scope_exit cleanup([&] {
    for (const Pending &file : pending) {
      sys::fs::remove(file.temporary);
      sys::DontRemoveFileOnSignal(file.temporary);
    }
  });
  for (const File &file : files) {
    if (!file.contents || isStream(file.path))
      continue;
    // Renaming over a link would replace the link: write where it leads.
    SmallString<128> target;
    if (sys::fs::real_path(file.path, target))
      target = file.path;
    // Its name is short: the file's own may be as long as the file system allows.
    SmallString<128> model(sys::path::parent_path(target)), temporary;
    sys::path::append(model, ".qcc-%%%%%%%%.tmp");
    int descriptor;
    if (std::error_code error = sys::fs::createUniqueFile(
            model, descriptor, temporary, sys::fs::OF_None, sys::fs::all_read | sys::fs::all_write))
      return makeError(file.path, "cannot write: " + error.message(), "E6101");
    pending.push_back({temporary.str().str(), target.str().str()});
    sys::RemoveFileOnSignal(temporary);
    if (Error error = writeAndClose(descriptor, file.path, *file.contents, /*sync=*/true))
      return error;
  }
  // What a stream has taken cannot be taken back: streams come when every temporary is complete.
  for (const File &file : files)
    if (file.contents && isStream(file.path))
      if (Error error = writeStream(file.path, *file.contents))
        return error;
  for (const Pending &file : pending)
    if (std::rename(file.temporary.c_str(), file.path.c_str()) != 0)
      return cannotWrite(file.path);
  return Error::success();
}

} // namespace qcc
