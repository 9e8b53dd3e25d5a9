/* onnx_schema.h - numbers of the ONNX schema (onnx.proto), as far as they are read.
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef MOTE_HOST_IMPORT_ONNX_SCHEMA_H
#define MOTE_HOST_IMPORT_ONNX_SCHEMA_H

/* Opsets that are read. Where the rule of an operator was another before opset 7 it is refused. */
#define ONNX_OPSET_MIN 1
#define ONNX_OPSET_MAX 21

/* Fields, by message. */
enum {
    MODEL_IR_VERSION = 1,
    MODEL_GRAPH = 7,
    MODEL_OPSET = 8,
    MODEL_TRAINING = 20,
    MODEL_FUNCTIONS = 25,

    OPSET_DOMAIN = 1,
    OPSET_VERSION = 2,

    GRAPH_NODE = 1,
    GRAPH_INITIALIZER = 5,
    GRAPH_INPUT = 11,
    GRAPH_OUTPUT = 12,
    GRAPH_VALUE_INFO = 13,
    GRAPH_SPARSE_INITIALIZER = 15,

    NODE_INPUT = 1,
    NODE_OUTPUT = 2,
    NODE_NAME = 3,
    NODE_OP_TYPE = 4,
    NODE_ATTRIBUTE = 5,
    NODE_DOMAIN = 7,

    ATTR_NAME = 1,
    ATTR_FLOAT_VALUE = 2,
    ATTR_INT_VALUE = 3,
    ATTR_STRING_VALUE = 4,
    ATTR_TENSOR_VALUE = 5,
    ATTR_FLOATS_VALUE = 7,
    ATTR_INTS_VALUE = 8,
    ATTR_STRINGS_VALUE = 9,
    ATTR_TYPE = 20,
    ATTR_REFERENCE = 21,

    VALUE_NAME = 1,
    VALUE_TYPE = 2,
    TYPE_TENSOR = 1,
    TENSOR_TYPE_ELEM = 1,
    TENSOR_TYPE_SHAPE = 2,
    SHAPE_DIM = 1,
    DIM_VALUE = 1,
    DIM_PARAM = 2,

    TENSOR_DIMS = 1,
    TENSOR_DATA_TYPE = 2,
    TENSOR_SEGMENT = 3,
    TENSOR_FLOAT_DATA = 4,
    TENSOR_INT32_DATA = 5,
    TENSOR_INT64_DATA = 7,
    TENSOR_NAME = 8,
    TENSOR_RAW_DATA = 9,
    TENSOR_DOUBLE_DATA = 10,
    TENSOR_UINT64_DATA = 11,
    TENSOR_EXTERNAL_DATA = 13,
    TENSOR_LOCATION = 14,

    ENTRY_KEY = 1,
    ENTRY_VALUE = 2,
};

enum onnx_attr_type {
    ONNX_ATTR_FLOAT = 1,
    ONNX_ATTR_INT = 2,
    ONNX_ATTR_STRING = 3,
    ONNX_ATTR_TENSOR = 4,
    ONNX_ATTR_FLOATS = 6,
    ONNX_ATTR_INTS = 7,
    ONNX_ATTR_STRINGS = 8,
};

enum onnx_type {
    ONNX_FLOAT = 1,
    ONNX_UINT8 = 2,
    ONNX_INT8 = 3,
    ONNX_UINT16 = 4,
    ONNX_INT16 = 5,
    ONNX_INT32 = 6,
    ONNX_INT64 = 7,
    ONNX_STRING = 8,
    ONNX_BOOL = 9,
    ONNX_FLOAT16 = 10,
    ONNX_DOUBLE = 11,
    ONNX_UINT32 = 12,
    ONNX_UINT64 = 13,
    ONNX_BFLOAT16 = 16,
    ONNX_UINT4 = 21,
    ONNX_INT4 = 22,
};
#endif
