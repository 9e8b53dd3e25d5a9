/* isa.h - what the core that is compiled for has beyond C. SPDX-License-Identifier: Apache-2.0
 *
 *     V7M    Armv7-M and later: 64-bit products, saturation      Cortex-M3, M4, M7, M33, M55
 *     DSP    two products of 16 bits in one instruction                     M4, M7, M33, M55
 *     MVE    Helium, vectors of 128 bits of integers                                     M55
 *     RV32   RISC-V with 32 bits and M: the high word of a product
 *
 * A kernel variant for one of them is compiled to nothing elsewhere; emitted code asks for what its
 * variants need. MOTE_IF_DSP(x) is x where there is DSP. */
#ifndef MOTE_ISA_H
#define MOTE_ISA_H

#if defined(__ARM_ARCH_PROFILE) && __ARM_ARCH_PROFILE == 'M' && __ARM_ARCH >= 7
#define MOTE_ISA_V7M 1
#ifdef __ARM_FEATURE_DSP
#define MOTE_ISA_DSP 1
#endif
#if defined(__ARM_FEATURE_MVE) && (__ARM_FEATURE_MVE & 1)
#define MOTE_ISA_MVE 1
#endif
#elif defined(__riscv) && defined(__riscv_mul) && __riscv_xlen == 32
#define MOTE_ISA_RV32 1
#endif

#define MOTE_ISA_ALL     1
#define MOTE_IF_ALL(...) __VA_ARGS__

#ifdef MOTE_ISA_V7M
#define MOTE_IF_V7M(...) __VA_ARGS__
#else
#define MOTE_ISA_V7M 0
#define MOTE_IF_V7M(...)
#endif

#ifdef MOTE_ISA_DSP
#define MOTE_IF_DSP(...) __VA_ARGS__
#else
#define MOTE_ISA_DSP 0
#define MOTE_IF_DSP(...)
#endif

#ifdef MOTE_ISA_MVE
#define MOTE_IF_MVE(...) __VA_ARGS__
#else
#define MOTE_ISA_MVE 0
#define MOTE_IF_MVE(...)
#endif

#ifdef MOTE_ISA_RV32
#define MOTE_IF_RV32(...) __VA_ARGS__
#else
#define MOTE_ISA_RV32 0
#define MOTE_IF_RV32(...)
#endif
#endif
