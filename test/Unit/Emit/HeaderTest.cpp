//===- HeaderTest.cpp - header and manifest of an artifact ------------------===//
// Part of qcc, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//===----------------------------------------------------------------------===//
#include "qcc/Emit/Artifact.h"
#include "gtest/gtest.h"

namespace qcc::emit {
namespace {

Artifact makeArtifact() {
  Artifact artifact;
  artifact.name = "kws";
  artifact.target = "cortex-m4";
  artifact.cpu = "cortex-m4";
  artifact.modelSha256 = "00ff";
  artifact.arenaSize = 16000;
  artifact.arenaAlign = 16;
  artifact.arenaBound = 15000;
  artifact.stackMax = 412;
  Boundary input;
  input.name = "input */ \"1\"\n";
  input.type = "i8";
  input.dims = {1, 49, 10};
  input.bytes = 490;
  input.scale = 0.1f;
  input.zeroPoint = -3;
  artifact.inputs.push_back(input);
  Boundary output;
  output.name = "dense";
  output.type = "f32";
  output.bytes = 4;
  artifact.outputs.push_back(output);
  return artifact;
}

bool contains(const std::string &text, const char *part) {
  return text.find(part) != std::string::npos;
}

TEST(HeaderTest, definesEveryFact) {
  std::string header = writeHeader(makeArtifact());
  for (const char *line :
       {"#define KWS_ARENA_SIZE 16000u", "#define KWS_ARENA_ALIGN 16u",
        "#define KWS_STACK_MAX 412u", "#define KWS_IN0_SIZE 490u", "#define KWS_IN0_RANK 3",
        "#define KWS_IN0_DIMS {1, 49, 10}", "#define KWS_IN0_TYPE int8_t",
        "#define KWS_IN0_SCALE 0.1f", "#define KWS_IN0_ZERO_POINT (-3)", "#define KWS_OUT0_RANK 0",
        "#define KWS_OUT0_NAME \"dense\"",
        "kws_status kws_run(const int8_t *in0, float *out0, void *arena);"})
    EXPECT_TRUE(contains(header, line)) << line;
  EXPECT_FALSE(contains(header, "KWS_OUT0_SCALE"));
  EXPECT_FALSE(contains(header, "KWS_STATE"));
  EXPECT_FALSE(contains(header, "selftest("));
}

TEST(HeaderTest, namesOfTheModelCannotEndACommentOrString) {
  std::string header = writeHeader(makeArtifact());
  EXPECT_FALSE(contains(header, "*/ \""));
  EXPECT_TRUE(contains(header, "\\042"));
}

TEST(HeaderTest, saysWhatTheLinkerMustFind) {
  Artifact artifact = makeArtifact();
  EXPECT_TRUE(contains(writeHeader(artifact), "written with this header; nothing else is needed."));
  artifact.undefined = {"__aeabi_fadd", "__aeabi_fmul"};
  std::string header = writeHeader(artifact);
  EXPECT_TRUE(contains(header, "\n *   __aeabi_fadd __aeabi_fmul\n")) << header;
  EXPECT_FALSE(contains(header, "nothing else is needed"));
  EXPECT_FALSE(contains(header, "library.\n"));
  EXPECT_TRUE(contains(writeManifest(artifact), "__aeabi_fmul"));
}

TEST(HeaderTest, statefulNetworks) {
  Artifact artifact = makeArtifact();
  artifact.stateSize = 64;
  artifact.stateAlign = 4;
  artifact.selftestSize = 17000;
  std::string header = writeHeader(artifact);
  for (const char *line :
       {"#define KWS_STATE_SIZE 64u", "#define KWS_SELFTEST_SIZE 17000u",
        "kws_status kws_reset(void *state);", "kws_status kws_selftest(void *work);",
        "float *out0, void *state, void *arena);"})
    EXPECT_TRUE(contains(header, line)) << line;
}

TEST(ManifestTest, saysTheSame) {
  auto parsed = llvm::json::parse(writeManifest(makeArtifact()));
  ASSERT_TRUE(static_cast<bool>(parsed));
  llvm::json::Object &manifest = *parsed->getAsObject();
  EXPECT_EQ(manifest.getInteger("schema"), 1);
  EXPECT_EQ(manifest.getObject("arena")->getInteger("bound"), 15000);
  EXPECT_EQ(manifest.getInteger("stack_max"), 412);
  const llvm::json::Object &input = *(*manifest.getArray("inputs"))[0].getAsObject();
  EXPECT_EQ(input.getString("type"), "i8");
  EXPECT_EQ(static_cast<float>(*input.getNumber("scale")), 0.1f);
  EXPECT_EQ(input.getInteger("zero_point"), -3);
  EXPECT_FALSE((*manifest.getArray("outputs"))[0].getAsObject()->get("scale"));
  EXPECT_FALSE(manifest.get("selftest_size"));
}

} // namespace
} // namespace qcc::emit
