// Packs of values, of which one instruction moves 16 bytes: kernels that are bound by memory need it.
#pragma once

#ifdef __CUDACC__
#include <cuda_bf16.h>
#include <cuda_fp8.h>
#include <cuda_runtime.h>
#else
#include "cuda_emulated.h"
#endif

#include <cstring>

#include "cuda_api.h"

namespace irs::cuda {

__device__ inline float to_float(float x) { return x; }
__device__ inline float to_float(__nv_bfloat16 x) { return __bfloat162float(x); }

template <typename T>
__device__ T from_float(float x);
template <>
__device__ inline float from_float<float>(float x) {
    return x;
}
template <>
__device__ inline __nv_bfloat16 from_float<__nv_bfloat16>(float x) {
    return __float2bfloat16_rn(x);
}

// N values; in memory they lie at a multiple of their size, from 16 bytes on at one of 16.
template <typename T, int N>
struct Pack {
    T at[N];
};

// What one instruction moves.
template <size_t bytes>
struct Word {
    using type = uint4;
};
template <>
struct Word<1> {
    using type = unsigned char;
};
template <>
struct Word<2> {
    using type = unsigned short;
};
template <>
struct Word<4> {
    using type = unsigned;
};
template <>
struct Word<8> {
    using type = uint2;
};
template <typename T, int N>
using WordOf = typename Word<sizeof(Pack<T, N>)>::type;

template <int N, typename T>
__device__ Pack<T, N> load(const T* from) {
    using Words = WordOf<T, N>;
    Words words[sizeof(Pack<T, N>) / sizeof(Words)];
    for (Words& word : words) word = reinterpret_cast<const Words*>(from)[&word - words];
    Pack<T, N> values;
    memcpy(&values, words, sizeof values);
    return values;
}

template <int N, typename T>
__device__ void store(T* to, const Pack<T, N>& values) {
    using Words = WordOf<T, N>;
    Words words[sizeof values / sizeof(Words)];
    memcpy(words, &values, sizeof values);
    // A plain assignment the compiler splits.
    for (const Words& word : words) __stwb(reinterpret_cast<Words*>(to) + (&word - words), word);
}

template <typename T>
constexpr int kWidest = 16 / sizeof(T);  // values of one instruction

template <typename T>
bool in_packs(const void* data, int64_t n) {
    return reinterpret_cast<uintptr_t>(data) % (sizeof(T) * n) == 0;
}

// Whether all rows can be read in packs of n values.
template <typename T>
bool in_packs(const irs_cuda_rows& rows, int64_t n) {
    return in_packs<T>(rows.data, n) && (rows.batch == 1 || rows.batch_stride % n == 0) &&
           (rows.tokens == 1 || rows.row_stride % n == 0);
}

template <typename T>
bool in_packs(const irs_cuda_table& table, int64_t n) {
    return in_packs<T>(table.data, n) && table.stride % n == 0;
}

}  // namespace irs::cuda
