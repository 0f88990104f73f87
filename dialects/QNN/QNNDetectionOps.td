// What detectors do after their convolutions.
#ifndef QCC_DIALECTS_QNN_QNNDETECTIONOPS_TD
#define QCC_DIALECTS_QNN_QNNDETECTIONOPS_TD

include "dialects/QNN/QNNDialect.td"

def QNN_SuppressOp : QNN_PureOp<"suppress"> {
  let summary = "non-maximum suppression: indices of the best boxes of each class that overlap no better one too much";
  let description = [{
    boxes f32 [N,B,4]: two opposite corners y, x, y, x; with `center` the middle and the size x, y, width, height.
    scores f32 [N,C,B]. Result i64 [N,C,K]: of each image and class the boxes in the order in which they were chosen, then -1.
    A box is a candidate when its score is greater than `least_score` where given, and is not NaN. The candidate of the
    highest score, of equal ones the first, is chosen; it and all that overlap it by more than `most_overlap` (intersection
    over union) are candidates no more; then again, K times.
  }];
  let arguments = (ins QNN_Tensor:$boxes, QNN_Tensor:$scores, F32Attr:$most_overlap, OptionalAttr<F32Attr>:$least_score,
                       DefaultValuedAttr<BoolAttr, "false">:$center);
  let results = (outs QNN_Tensor:$result);
  let assemblyFormat = [{
    $boxes `scores` $scores `overlap` $most_overlap (`least` $least_score^)? attr-dict
    `:` type($boxes) `,` type($scores) `->` type($result)
  }];
  let hasVerifier = 1;
}

#endif
