//===- KernelEmitter.h - the body of one kernel function --------------------===//
// Part of qcc, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// What every emitter shares: where tensors lie, loads and stores in register form, loops, and the
// ops after the root. Register form of an element: quantized -> i32 code, f32 -> f32, integer ->
// signless integer of its width, f16 and bf16 -> their bits as i16. Everything works on one element
// (lanes = 1, scalar types) or on `lanes` consecutive elements of the innermost dimension (1-D
// vector types).
//===----------------------------------------------------------------------===//
#ifndef QCC_LIB_CODEGEN_KERNELEMITTER_H
#define QCC_LIB_CODEGEN_KERNELEMITTER_H

#include "dialects/QNN/QNN.h"
#include "mlir/IR/Builders.h"
#include "qcc/TargetInfo/TargetInfo.h"
#include "llvm/ADT/DenseMap.h"

namespace qcc::codegen {

/// Where a tensor lies while its kernel runs.
struct BufferView {
  mlir::Value pointer;    // !llvm.ptr to element [0, ..., 0]
  mlir::Type elementType; // the network's element type
  llvm::SmallVector<int64_t> shape;
  llvm::SmallVector<int64_t> strides; // bytes
};

/// Strides in bytes of a dense row-major tensor.
llvm::SmallVector<int64_t> getDenseStrides(mlir::RankedTensorType type);

class KernelEmitter {
public:
  KernelEmitter(mlir::OpBuilder &builder, mlir::Location location, const TargetInfo &target,
                qnn::KernelOp kernel)
      : builder(builder), location(location), target(target), kernel(kernel) {}

  mlir::OpBuilder &builder;
  mlir::Location location;
  const TargetInfo &target;
  qnn::KernelOp kernel;

  void setView(mlir::Value tensor, BufferView view) { views[tensor] = std::move(view); }
  /// View of a value of the kernel's region: an argument, or a yielded value (its result buffer).
  const BufferView &getView(mlir::Value tensor) const;
  bool hasView(mlir::Value tensor) const { return views.contains(tensor); }
  /// Scratch of `schedule.scratch` bytes, !llvm.ptr; null when the schedule asks for none.
  mlir::Value getScratch() const { return scratch; }
  void setScratch(mlir::Value pointer) { scratch = pointer; }
  /// An integer of the schedule dictionary, or `otherwise`.
  int64_t getSchedule(llvm::StringRef key, int64_t otherwise);

  /// Integer type of loop counters and byte offsets: as wide as a pointer.
  mlir::IntegerType getOffsetType() const;
  mlir::Value offset(int64_t value);
  /// Constants are made once, at the start of the function.
  mlir::Value constant(mlir::Type scalarOrVector, int64_t value);
  mlir::Value constantFloat(mlir::Type scalarOrVector, double value); // f32 or f64
  /// `scalar` for lanes = 1, otherwise vector<lanes x scalar>.
  static mlir::Type withLanes(mlir::Type scalar, int64_t lanes);
  static int64_t getLanes(mlir::Value value);
  /// Repeats a scalar to the lanes of `type` (unchanged when that is a scalar).
  mlir::Value splat(mlir::Value scalar, int64_t lanes);

  mlir::Value addOffsets(mlir::Value a, mlir::Value b);
  mlir::Value scaleOffset(mlir::Value a, int64_t factor);
  mlir::Value addressOf(mlir::Value pointer, mlir::Value byteOffset);
  mlir::Value addressOf(const BufferView &view, llvm::ArrayRef<mlir::Value> position);

  /// Element type in registers (scalar).
  static mlir::Type getRegisterType(mlir::Type elementType);
  /// Loads elements in register form. With lanes > 1 the innermost dimension must be dense, or of
  /// size 1 or absent (then the one element is repeated).
  mlir::Value load(const BufferView &view, llvm::ArrayRef<mlir::Value> position, int64_t lanes);
  mlir::Value loadAt(mlir::Value address, mlir::Type elementType, int64_t lanes);
  void store(mlir::Value value, const BufferView &view, llvm::ArrayRef<mlir::Value> position);
  void storeAt(mlir::Value value, mlir::Value address, mlir::Type elementType);
  /// Bytes between two pointers' targets are copied / filled by a plain loop (never a call).
  void copyBytes(mlir::Value to, mlir::Value from, int64_t bytes);

  /// for (i = lower; i < upper; i += step) body(i). One iteration is emitted without a loop.
  void loop(int64_t lower, int64_t upper, int64_t step, llvm::function_ref<void(mlir::Value)> body);
  /// A loop with run-time bounds and carried values; `body` returns the next values.
  llvm::SmallVector<mlir::Value> loopCarried(
      mlir::Value lower, mlir::Value upper, int64_t step, mlir::ValueRange initial,
      llvm::function_ref<llvm::SmallVector<mlir::Value>(mlir::Value, mlir::ValueRange)> body);
  /// Nested loops over `shape`; the innermost dimension in blocks of `lanes` elements, its rest one
  /// by one.
  void loopNest(llvm::ArrayRef<int64_t> shape, int64_t lanes,
                llvm::function_ref<void(llvm::ArrayRef<mlir::Value>, int64_t lanes)> body);

  mlir::Value minimum(mlir::Value a, mlir::Value b); // of any register type, signed integers
  mlir::Value maximum(mlir::Value a, mlir::Value b);
  /// Saturates i32 codes to the storage range of a quantized type.
  mlir::Value saturate(mlir::Value code, qnn::QuantizedType type);
  /// f32 -> i32 code: clamp to the code range less the zero point, round half to even, add the zero
  /// point.
  mlir::Value quantizeScaled(mlir::Value scaled, qnn::QuantizedType type);

private:
  mlir::Value constantOf(mlir::TypedAttr attribute);

  llvm::DenseMap<mlir::Value, BufferView> views;
  llvm::DenseMap<mlir::Attribute, mlir::Value> constants;
  mlir::Value scratch;
};

/// Register form of an elementwise op's result from its operands' (Pointwise.cpp). Null when it has
/// no scalar form.
mlir::Value emitPointwise(KernelEmitter &emitter, mlir::Operation *op, mlir::ValueRange operands);

/// The kernel's ops after `root`: applied to one element or one vector of consecutive channels,
/// then stored.
class Epilogue {
public:
  Epilogue(KernelEmitter &emitter, mlir::Operation *root) : emitter(emitter), root(root) {}
  /// `value`: register form of the root's result at `position` (one offset per dimension of the
  /// root's result; with vectors the position of the first lane).
  mlir::LogicalResult store(mlir::Value value, llvm::ArrayRef<mlir::Value> position);

private:
  KernelEmitter &emitter;
  mlir::Operation *root;
};

using Emitter = mlir::LogicalResult (*)(KernelEmitter &);

/// The emitter that a schedule names, or null.
Emitter getEmitter(llvm::StringRef name);

/// Right for every op, specialised for none.
mlir::LogicalResult emitGeneric(KernelEmitter &emitter);

/// The first op of the region: what the kernel is about.
mlir::Operation *getRoot(qnn::KernelOp kernel);

} // namespace qcc::codegen

#endif
