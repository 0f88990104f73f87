# Functions that declare qcc's libraries, tools and TableGen files. Every room is one static library QCC<Room>.

# The stages with passes, in the order that data flows.
set(QCC_STAGES Simplify Quantize Prove Fuse Layout Schedule Plan Codegen)

# The packaged LLVMConfig does not name the generator of option tables.
find_program(LLVM_TABLEGEN_EXE llvm-tblgen HINTS ${LLVM_TOOLS_BINARY_DIR} REQUIRED)

# RTTI on and exceptions off as in the Debian LLVM packages.
add_library(qcc_options INTERFACE)
target_compile_options(qcc_options INTERFACE -fno-exceptions -Wall -Wextra -Wno-unused-parameter -fno-semantic-interposition)
target_include_directories(qcc_options INTERFACE
  ${PROJECT_SOURCE_DIR} ${PROJECT_SOURCE_DIR}/include ${PROJECT_BINARY_DIR} ${PROJECT_BINARY_DIR}/include)
target_include_directories(qcc_options SYSTEM INTERFACE ${LLVM_INCLUDE_DIRS} ${MLIR_INCLUDE_DIRS})
target_compile_definitions(qcc_options INTERFACE ${LLVM_DEFINITIONS_LIST} QCC_VERSION="${PROJECT_VERSION}")
# The shared libraries lie outside the loader's path.
target_link_libraries(qcc_options INTERFACE MLIR LLVM)
target_link_options(qcc_options INTERFACE -Wl,-rpath,${LLVM_LIBRARY_DIR})
if(QCC_SANITIZE)
  # vptr needs the RTTI of LLVM's classes, function a type hash that its inline callbacks lack.
  target_compile_options(qcc_options INTERFACE -fsanitize=${QCC_SANITIZE} -fno-sanitize=vptr,function
    -fno-sanitize-recover=all -fno-omit-frame-pointer)
  target_link_options(qcc_options INTERFACE -fsanitize=${QCC_SANITIZE})
endif()

# One precompiled header for every library that sees MLIR: a pass compiles in a second or two instead of ten.
file(WRITE ${PROJECT_BINARY_DIR}/pch/Mlir.cpp "")
add_library(qcc_pch OBJECT ${PROJECT_BINARY_DIR}/pch/Mlir.cpp)
target_link_libraries(qcc_pch PRIVATE qcc_options)
target_precompile_headers(qcc_pch PRIVATE ${PROJECT_SOURCE_DIR}/lib/cmake/Precompiled.h)
target_compile_options(qcc_pch PRIVATE -fpch-instantiate-templates)

# add_qcc_library(<Name> SOURCES ... LINK ...)
function(add_qcc_library name)
  cmake_parse_arguments(arg "" "" "SOURCES;LINK" ${ARGN})
  add_library(${name} STATIC ${arg_SOURCES})
  target_link_libraries(${name} PUBLIC qcc_options ${arg_LINK})
  target_precompile_headers(${name} REUSE_FROM qcc_pch)
  target_compile_options(${name} PRIVATE -fpch-instantiate-templates)
  add_dependencies(${name} qcc_headers)
endfunction()

# add_qcc_stage(<Stage> SOURCES ... LINK ...): a room of lib/ whose passes are declared in include/qcc/<Stage>/Passes.td.
function(add_qcc_stage stage)
  add_qcc_library(QCC${stage} ${ARGN})
endfunction()

# add_qcc_tool(<name> SOURCES ... LINK ...)
function(add_qcc_tool name)
  cmake_parse_arguments(arg "" "" "SOURCES;LINK" ${ARGN})
  add_executable(${name} ${arg_SOURCES})
  target_link_libraries(${name} PRIVATE qcc_options ${arg_LINK})
  target_precompile_headers(${name} REUSE_FROM qcc_pch)
  target_compile_options(${name} PRIVATE -fpch-instantiate-templates)
endfunction()
