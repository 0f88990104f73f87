module {
  func.func @run(%x: tensor<1x2x2x2xf32> {qnn.name = "x"}) -> (tensor<1x2xf32> {qnn.name = "y"}) {
    %w = qnn.constant dense_resource<w> : tensor<2x1x1x2xf32> -> tensor<2x1x1x2xf32>
    %b = qnn.constant dense_resource<b> : tensor<2xf32> -> tensor<2xf32>
    %0 = qnn.conv2d %x, %w bias %b {strides = array<i64: 1, 1>, pads = array<i64: 0, 0, 0, 0>, dilations = array<i64: 1, 1>} : tensor<1x2x2x2xf32>, tensor<2x1x1x2xf32>, bias tensor<2xf32> -> tensor<1x2x2x2xf32> loc("conv")
    %1 = qnn.relu %0 : tensor<1x2x2x2xf32> -> tensor<1x2x2x2xf32> loc("act")
    %2 = qnn.average_pool %1 {kernel = array<i64: 2, 2>, strides = array<i64: 1, 1>, pads = array<i64: 0, 0, 0, 0>} : tensor<1x2x2x2xf32> -> tensor<1x1x1x2xf32> loc("pool")
    %3 = qnn.reshape %2 : tensor<1x1x1x2xf32> -> tensor<1x2xf32> loc("flat")
    %4 = qnn.softmax %3 axis 1 : tensor<1x2xf32> -> tensor<1x2xf32> loc("softmax")
    return %4 : tensor<1x2xf32>
  }
}

{-#
  dialect_resources: {
    builtin: {
      w: "0x040000000000803F000000400000803F000080BF",
      b: "0x040000000000003F00000000"
    }
  }
#-}
