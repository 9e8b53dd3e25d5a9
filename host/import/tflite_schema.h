/* tflite_schema.h - the numbers of the TensorFlow Lite schema (version 3) that are used here.
 * SPDX-License-Identifier: Apache-2.0
 *
 * Field numbers count the fields of a table in the order of the schema; a union takes two, its
 * type first. */
#ifndef MOTE_HOST_IMPORT_TFLITE_SCHEMA_H
#define MOTE_HOST_IMPORT_TFLITE_SCHEMA_H

#define TFL_IDENTIFIER "TFL3"
#define TFL_VERSION    3

enum tfl_model { MODEL_VERSION, MODEL_OPERATOR_CODES, MODEL_SUBGRAPHS, MODEL_BUFFERS = 4 };
enum tfl_operator_code { CODE_DEPRECATED_BUILTIN, CODE_CUSTOM, CODE_VERSION, CODE_BUILTIN };
enum tfl_subgraph { SUBGRAPH_TENSORS, SUBGRAPH_INPUTS, SUBGRAPH_OUTPUTS, SUBGRAPH_OPERATORS };
enum tfl_buffer { BUFFER_DATA, BUFFER_OFFSET, BUFFER_SIZE };
enum tfl_tensor_field {
    TENSOR_SHAPE,
    TENSOR_TYPE,
    TENSOR_BUFFER,
    TENSOR_NAME,
    TENSOR_QUANTIZATION,
    TENSOR_IS_VARIABLE,
    TENSOR_SPARSITY,
    TENSOR_SHAPE_SIGNATURE
};
enum tfl_quantization {
    QUANT_MIN,
    QUANT_MAX,
    QUANT_SCALE,
    QUANT_ZERO_POINT,
    QUANT_DETAILS_TYPE,
    QUANT_DETAILS,
    QUANT_DIMENSION
};
enum tfl_operator {
    OPERATOR_CODE_INDEX,
    OPERATOR_INPUTS,
    OPERATOR_OUTPUTS,
    OPERATOR_OPTIONS_TYPE,
    OPERATOR_OPTIONS,
    OPERATOR_CUSTOM_OPTIONS
};

/* The tables of options, by field, and the union's type for each. */
enum tfl_conv2d { CONV_PADDING, CONV_STRIDE_W, CONV_STRIDE_H, CONV_ACT, CONV_DIL_W, CONV_DIL_H };
enum tfl_depthwise {
    DEPTHWISE_PADDING,
    DEPTHWISE_STRIDE_W,
    DEPTHWISE_STRIDE_H,
    DEPTHWISE_MULTIPLIER,
    DEPTHWISE_ACT,
    DEPTHWISE_DIL_W,
    DEPTHWISE_DIL_H
};
enum tfl_pool {
    POOL_PADDING,
    POOL_STRIDE_W,
    POOL_STRIDE_H,
    POOL_FILTER_W,
    POOL_FILTER_H,
    POOL_ACT
};
enum tfl_fc { FC_ACT, FC_WEIGHTS_FORMAT, FC_KEEP_NUM_DIMS, FC_ASYMMETRIC_INPUTS };
enum tfl_softmax { SOFTMAX_BETA };
enum tfl_concat { CONCAT_AXIS, CONCAT_ACT };
enum tfl_add { ADD_ACT };
enum tfl_reshape { RESHAPE_NEW_SHAPE };
enum tfl_strided_slice {
    SLICE_BEGIN_MASK,
    SLICE_END_MASK,
    SLICE_ELLIPSIS_MASK,
    SLICE_NEW_AXIS_MASK,
    SLICE_SHRINK_AXIS_MASK,
    SLICE_OFFSET
};
enum tfl_mul { MUL_ACT };
enum tfl_sub { SUB_ACT };
enum tfl_leaky_relu { LEAKY_RELU_ALPHA };
enum tfl_block { BLOCK_SIZE }; /* DEPTH_TO_SPACE and SPACE_TO_DEPTH */
enum tfl_resize_nearest { RESIZE_ALIGN_CORNERS, RESIZE_HALF_PIXEL };
enum tfl_svdf { SVDF_RANK, SVDF_ACT, SVDF_ASYMMETRIC_INPUTS };
enum tfl_lstm {
    LSTM_ACT,
    LSTM_CELL_CLIP,
    LSTM_PROJ_CLIP,
    LSTM_TIME_MAJOR,
    LSTM_ASYMMETRIC_INPUTS,
    LSTM_DIAGONAL
};
enum tfl_pack { PACK_COUNT, PACK_AXIS };
enum tfl_if { IF_THEN, IF_ELSE };
enum tfl_while { WHILE_COND, WHILE_BODY };
enum tfl_call_once { CALL_ONCE_SUBGRAPH };
enum tfl_var_handle { VAR_HANDLE_CONTAINER, VAR_HANDLE_NAME };
enum tfl_gelu { GELU_APPROXIMATE };
enum tfl_resize_bilinear { BILINEAR_ALIGN_CORNERS = 2, BILINEAR_HALF_PIXEL };
enum tfl_transpose_conv {
    TRANSPOSE_CONV_PADDING,
    TRANSPOSE_CONV_STRIDE_W,
    TRANSPOSE_CONV_STRIDE_H,
    TRANSPOSE_CONV_ACT
};
enum tfl_cumsum { CUMSUM_EXCLUSIVE, CUMSUM_REVERSE };
enum tfl_l2_norm { L2_NORM_ACT };
enum tfl_batch_matmul { MATMUL_ADJ_X, MATMUL_ADJ_Y };
enum tfl_gather { GATHER_AXIS, GATHER_BATCH_DIMS };
enum tfl_div { DIV_ACT };
enum tfl_mirror_pad { MIRROR_PAD_MODE }; /* 0: without the border, 1: with it */
enum tfl_unpack { UNPACK_COUNT, UNPACK_AXIS };
enum tfl_options_type {
    OPTIONS_NONE = 0,
    OPTIONS_CONV2D = 1,
    OPTIONS_DEPTHWISE = 2,
    OPTIONS_POOL = 5,
    OPTIONS_SVDF = 6,
    OPTIONS_FC = 8,
    OPTIONS_SOFTMAX = 9,
    OPTIONS_CONCAT = 10,
    OPTIONS_ADD = 11,
    OPTIONS_L2_NORM = 12,
    OPTIONS_RESIZE_BILINEAR = 15,
    OPTIONS_RESHAPE = 17,
    OPTIONS_SPACE_TO_DEPTH = 19,
    OPTIONS_MUL = 21,
    OPTIONS_GATHER = 23,
    OPTIONS_SUB = 28,
    OPTIONS_DIV = 29,
    OPTIONS_STRIDED_SLICE = 32,
    OPTIONS_TRANSPOSE_CONV = 49,
    OPTIONS_PACK = 59,
    OPTIONS_UNPACK = 64,
    OPTIONS_LSTM = 71,
    OPTIONS_RESIZE_NEAREST = 74,
    OPTIONS_LEAKY_RELU = 75,
    OPTIONS_MIRROR_PAD = 77,
    OPTIONS_IF = 92,
    OPTIONS_WHILE = 93,
    OPTIONS_DEPTH_TO_SPACE = 94,
    OPTIONS_BATCH_MATMUL = 101,
    OPTIONS_CUMSUM = 102,
    OPTIONS_CALL_ONCE = 103,
    OPTIONS_VAR_HANDLE = 111,
    OPTIONS_GELU = 116
};

enum tfl_type {
    TFL_FLOAT32 = 0,
    TFL_FLOAT16 = 1,
    TFL_INT32 = 2,
    TFL_UINT8 = 3,
    TFL_INT64 = 4,
    TFL_BOOL = 6,
    TFL_INT16 = 7,
    TFL_INT8 = 9,
    TFL_UINT64 = 12,
    TFL_RESOURCE = 13,
    TFL_UINT32 = 15,
    TFL_INT4 = 17
};
enum tfl_padding { TFL_SAME = 0, TFL_VALID = 1 };
enum tfl_act { TFL_ACT_NONE = 0, TFL_ACT_RELU = 1, TFL_ACT_RELU6 = 3, TFL_ACT_TANH = 4 };

/* Builtin operators that are imported, and those with a meaning for the reader itself. */
enum tfl_builtin {
    TFL_ADD = 0,
    TFL_AVERAGE_POOL_2D = 1,
    TFL_CONCATENATION = 2,
    TFL_CONV_2D = 3,
    TFL_DEPTHWISE_CONV_2D = 4,
    TFL_DEPTH_TO_SPACE = 5,
    TFL_DEQUANTIZE = 6,
    TFL_FLOOR = 8,
    TFL_FULLY_CONNECTED = 9,
    TFL_L2_NORMALIZATION = 11,
    TFL_LOGISTIC = 14,
    TFL_MAX_POOL_2D = 17,
    TFL_MUL = 18,
    TFL_RELU = 19,
    TFL_RELU6 = 21,
    TFL_RESHAPE = 22,
    TFL_RESIZE_BILINEAR = 23,
    TFL_SOFTMAX = 25,
    TFL_SPACE_TO_DEPTH = 26,
    TFL_SVDF = 27,
    TFL_TANH = 28,
    TFL_CUSTOM = 32,
    TFL_PAD = 34,
    TFL_GATHER = 36,
    TFL_BATCH_TO_SPACE_ND = 37,
    TFL_SPACE_TO_BATCH_ND = 38,
    TFL_TRANSPOSE = 39,
    TFL_MEAN = 40,
    TFL_SUB = 41,
    TFL_DIV = 42,
    TFL_SQUEEZE = 43,
    TFL_UNIDIRECTIONAL_SEQUENCE_LSTM = 44,
    TFL_STRIDED_SLICE = 45,
    TFL_EXP = 47,
    TFL_TOPK_V2 = 48,
    TFL_SPLIT = 49,
    TFL_LOG_SOFTMAX = 50,
    TFL_CAST = 53,
    TFL_PRELU = 54,
    TFL_MAXIMUM = 55,
    TFL_ARG_MAX = 56,
    TFL_MINIMUM = 57,
    TFL_LESS = 58,
    TFL_NEG = 59,
    TFL_PADV2 = 60,
    TFL_GREATER = 61,
    TFL_GREATER_EQUAL = 62,
    TFL_LESS_EQUAL = 63,
    TFL_SELECT = 64,
    TFL_SLICE = 65,
    TFL_SIN = 66,
    TFL_TRANSPOSE_CONV = 67,
    TFL_TILE = 69,
    TFL_EXPAND_DIMS = 70,
    TFL_EQUAL = 71,
    TFL_NOT_EQUAL = 72,
    TFL_LOG = 73,
    TFL_SUM = 74,
    TFL_SQRT = 75,
    TFL_RSQRT = 76,
    TFL_SHAPE = 77,
    TFL_POW = 78,
    TFL_ARG_MIN = 79,
    TFL_REDUCE_PROD = 81,
    TFL_REDUCE_MAX = 82,
    TFL_PACK = 83,
    TFL_LOGICAL_OR = 84,
    TFL_LOGICAL_AND = 86,
    TFL_LOGICAL_NOT = 87,
    TFL_UNPACK = 88,
    TFL_REDUCE_MIN = 89,
    TFL_FLOOR_DIV = 90,
    TFL_REDUCE_ANY = 91,
    TFL_SQUARE = 92,
    TFL_FILL = 94,
    TFL_FLOOR_MOD = 95,
    TFL_RANGE = 96,
    TFL_RESIZE_NEAREST_NEIGHBOR = 97,
    TFL_LEAKY_RELU = 98,
    TFL_SQUARED_DIFFERENCE = 99,
    TFL_MIRROR_PAD = 100,
    TFL_ABS = 101,
    TFL_SPLIT_V = 102,
    TFL_CEIL = 104,
    TFL_REVERSE_V2 = 105,
    TFL_ADD_N = 106,
    TFL_COS = 108,
    TFL_WHERE = 109,
    TFL_ELU = 111,
    TFL_QUANTIZE = 114,
    TFL_ROUND = 116,
    TFL_HARD_SWISH = 117,
    TFL_IF = 118,
    TFL_WHILE = 119,
    TFL_NON_MAX_SUPPRESSION_V4 = 120,
    TFL_NON_MAX_SUPPRESSION_V5 = 121,
    TFL_SELECT_V2 = 123,
    TFL_BATCH_MATMUL = 126,
    TFL_CUMSUM = 128,
    TFL_CALL_ONCE = 129,
    TFL_BROADCAST_TO = 130,
    TFL_REDUCE_ALL = 140,
    TFL_VAR_HANDLE = 142,
    TFL_READ_VARIABLE = 143,
    TFL_ASSIGN_VARIABLE = 144,
    TFL_GELU = 150
};
#endif
