//===- contraction.cpp - a convolution beside the peak of the machine -------===//
// Part of qcc, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//===----------------------------------------------------------------------===//
#include "dialects/QNN/QNNWeights.h"
#include "mlir/Parser/Parser.h"
#include "qcc/Pipeline/Pipeline.h"
#include "qcc/Target/CPU/CPU.h"
#include "qcc/TargetInfo/TargetInfo.h"
#include "llvm/Support/raw_ostream.h"
#include <chrono>
#if defined(__x86_64__)
#include <immintrin.h>
#endif

using namespace mlir;

namespace {

constexpr int64_t macs = 56 * 56 * 64 * 576;

constexpr const char *network = R"(
!q = !quant.uniform<u8:f32, 5.000000e-01:128>
module attributes {qcc.name = "net"} {
  func.func @run(%x: tensor<1x56x56x64xui8> {qnn.name = "x"}) -> (tensor<1x56x56x64xui8> {qnn.name = "y"}) {
    %w = qnn.constant dense_resource<w> : tensor<64x3x3x64xi8> -> tensor<64x3x3x64xi8>
    %s = qnn.constant dense_resource<s> : tensor<1xf32> -> tensor<1xf32>
    %z = qnn.constant dense_resource<z> : tensor<1xi8> -> tensor<1xi8>
    %0 = qnn.bitcast %x : tensor<1x56x56x64xui8> -> tensor<1x56x56x64x!q>
    %1 = qnn.conv2d %0, %w scale %s zero_point %z {strides = array<i64: 1, 1>, pads = array<i64: 1, 1, 1, 1>, dilations = array<i64: 1, 1>}
      : tensor<1x56x56x64x!q>, tensor<64x3x3x64xi8>, scale tensor<1xf32>, zero_point tensor<1xi8> -> tensor<1x56x56x64x!q>
    %2 = qnn.bitcast %1 : tensor<1x56x56x64x!q> -> tensor<1x56x56x64xui8>
    return %2 : tensor<1x56x56x64xui8>
  }
}
{-# dialect_resources: { builtin: { w: "0x04000000WEIGHTS", s: "0x040000000000003C", z: "0x0400000000" } } #-}
)";

/// Seconds of the fastest of several runs: others share the machine.
double measure(llvm::function_ref<void()> body) {
  double best = 1e9;
  for (int run = 0; run < 30; ++run) {
    auto begin = std::chrono::steady_clock::now();
    body();
    std::chrono::duration<double> seconds = std::chrono::steady_clock::now() - begin;
    best = std::min(best, seconds.count());
  }
  return best;
}

#if defined(__x86_64__)
constexpr int64_t peakSteps = 1 << 20;

// Accumulators that depend on themselves only, enough of them to hide the latency; the empty
// assembly keeps each product.
__attribute__((target("avx512vnni,avx512bw"))) void runVnni() {
  __m512i sums[12] = {}, a = _mm512_set1_epi8(1), b = _mm512_set1_epi8(2);
  for (int64_t i = 0; i < peakSteps; ++i)
    for (__m512i &sum : sums) {
      sum = _mm512_dpbusd_epi32(sum, a, b);
      asm volatile("" : "+v"(sum));
    }
}
__attribute__((target("avx2"))) void runAvx2() {
  __m256i sums[10] = {}, a = _mm256_set1_epi16(1), b = _mm256_set1_epi16(2);
  for (int64_t i = 0; i < peakSteps; ++i)
    for (__m256i &sum : sums) {
      asm volatile("" : "+x"(a));
      sum = _mm256_add_epi32(sum, _mm256_madd_epi16(a, b));
      asm volatile("" : "+x"(sum));
    }
}

/// GOPS of the register-only loop for the instruction that qcc chooses; 0 where there is none.
double measurePeak(qcc::DotProduct dotProduct) {
  if (dotProduct == qcc::DotProduct::Avx512Vnni)
    return 2.0 * 64 * 12 * peakSteps / measure(runVnni) * 1e-9;
  if (dotProduct == qcc::DotProduct::Avx2)
    return 2.0 * 16 * 10 * peakSteps / measure(runAvx2) * 1e-9;
  return 0;
}
#else
double measurePeak(qcc::DotProduct) { return 0; }
#endif

} // namespace

int main() {
  DialectRegistry registry;
  qcc::pipeline::registerAllDialects(registry);
  MLIRContext context(registry);
  context.loadAllAvailableDialects();
  std::string text = network, weights;
  for (int64_t i = 0; i < 64 * 576; ++i)
    weights += llvm::utohexstr((i * 2654435761u >> 13) & 255, /*LowerCase=*/true, /*Width=*/2);
  text.replace(text.find("WEIGHTS"), 7, weights);
  auto module = parseSourceString<ModuleOp>(text, &context);
  if (!module)
    return 1;
  qcc::setTarget(*module, "host", "", "");
  bool started = false;
  for (const qcc::pipeline::Stage &stage : qcc::pipeline::getStages()) {
    started |= stage.name == "fuse";
    PassManager manager(&context);
    if (started) {
      stage.build(manager, {});
      if (failed(manager.run(*module)))
        return 1;
    }
  }
  auto runner = qcc::target::createRunner(*module);
  if (!runner) {
    llvm::errs() << llvm::toString(runner.takeError()) << "\n";
    return 1;
  }
  std::vector<unsigned char> input(56 * 56 * 64, 77), output(56 * 56 * 64);
  double seconds =
      measure([&] { llvm::cantFail((*runner)->run({input.data()}, {output.data()})); });
  qcc::TargetInfo target = qcc::getTarget(*module);
  double gops = 2.0 * macs / seconds * 1e-9, peak = measurePeak(target.dotProduct);
  llvm::outs() << llvm::formatv("{0}: {1:f0} us, {2:f1} GOPS", target.cpu, seconds * 1e6, gops);
  if (peak > 0)
    llvm::outs() << llvm::formatv(", peak {0:f1} GOPS, {1:f1} %", peak, 100 * gops / peak);
  llvm::outs() << "\n";
  return 0;
}
