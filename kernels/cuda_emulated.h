// CUDA's language and runtime, as far as the kernels and their test use them, on the CPU: their sources are tested where
// there is no device. Blocks run one after another; a block's threads are fibers. Each warp runs as far ahead of the others
// as barriers let it, the first or the last before the others, so that a missing barrier shows in one of the two.
#pragma once

#include <ucontext.h>

#include <algorithm>
#include <cmath>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <functional>
#include <mutex>
#include <vector>

#include "rows.h"

#define __global__
#define __device__
#define __shared__ static
#define __launch_bounds__(threads)

struct dim3 {
    unsigned x, y, z;
    dim3(unsigned of_x = 1, unsigned of_y = 1, unsigned of_z = 1) : x(of_x), y(of_y), z(of_z) {}
};

inline dim3 blockIdx, blockDim, threadIdx;

namespace emulated {

constexpr unsigned kLanes = 32;  // of a warp

enum class At { ready, warp_barrier, block_barrier, end };

struct Fiber {
    ucontext_t context;
    std::vector<char> stack = std::vector<char>(64 << 10);
    At at = At::ready;
    float lane = 0;  // what the other lanes of its warp read
};

inline std::vector<Fiber> fibers;
inline ucontext_t scheduler;
inline std::function<void()> body;
inline bool backwards = false;

inline void stop(At at) {
    Fiber& fiber = fibers[threadIdx.x];
    fiber.at = at;
    swapcontext(&fiber.context, &scheduler);
}

inline void enter() {
    body();
    stop(At::end);
}

// Whether threads stand there, and all others of [begin, end) have ended.
inline bool all_at(unsigned begin, unsigned end, At there) {
    bool any = false;
    for (unsigned i = begin; i < end; i++) {
        if (fibers[i].at != there && fibers[i].at != At::end) return false;
        any |= fibers[i].at == there;
    }
    return any;
}

// Runs a warp until its threads wait for other warps.
inline void run_warp(unsigned begin, unsigned end) {
    while (all_at(begin, end, At::ready) || all_at(begin, end, At::warp_barrier)) {
        for (unsigned k = 0; k < end - begin; k++) {
            threadIdx.x = backwards ? end - 1 - k : begin + k;
            Fiber& fiber = fibers[threadIdx.x];
            if (fiber.at != At::end) swapcontext(&scheduler, &fiber.context);
        }
    }
}

inline void run_block(unsigned threads) {
    for (unsigned i = 0; i < threads; i++) {
        Fiber& fiber = fibers[i];
        fiber.at = At::ready;
        getcontext(&fiber.context);
        fiber.context.uc_stack.ss_sp = fiber.stack.data();
        fiber.context.uc_stack.ss_size = fiber.stack.size();
        makecontext(&fiber.context, enter, 0);
    }
    const unsigned warps = (threads + kLanes - 1) / kLanes;
    while (true) {
        for (unsigned k = 0; k < warps; k++) {
            const unsigned begin = (backwards ? warps - 1 - k : k) * kLanes;
            run_warp(begin, std::min(begin + kLanes, threads));
        }
        if (!all_at(0, threads, At::block_barrier)) break;
        for (Fiber& fiber : fibers) fiber.at = fiber.at == At::end ? At::end : At::ready;
    }
    for (const Fiber& fiber : fibers) {
        if (fiber.at == At::end) continue;
        std::fprintf(stderr, "threads of a block wait at different barriers\n");
        std::abort();
    }
}

// kernel<<<blocks, threads>>>(args...)
template <typename... P, typename... A>
void launch(void (*kernel)(P...), dim3 blocks, unsigned threads, A... args) {
    static std::mutex mutex;
    const std::lock_guard<std::mutex> lock(mutex);
    body = [&] { kernel(args...); };
    fibers.resize(threads);
    blockDim = threads;
    for (blockIdx.y = 0; blockIdx.y < blocks.y; blockIdx.y++) {
        for (blockIdx.x = 0; blockIdx.x < blocks.x; blockIdx.x++) run_block(threads);
    }
}

}  // namespace emulated

inline void __syncthreads() { emulated::stop(emulated::At::block_barrier); }

inline float __shfl_xor_sync(unsigned, float x, unsigned mask) {
    const unsigned self = threadIdx.x;
    emulated::fibers[self].lane = x;
    emulated::stop(emulated::At::warp_barrier);
    const float other = emulated::fibers[self ^ mask].lane;
    emulated::stop(emulated::At::warp_barrier);
    return other;
}

// The kernels' files are compiled without contraction, so that these are what they say.
inline float __fmul_rn(float a, float b) { return a * b; }
inline float __fadd_rn(float a, float b) { return a + b; }
inline float __fdiv_rn(float a, float b) { return a / b; }
inline float rsqrtf(float x) { return 1.0F / std::sqrt(x); }
using std::min;

template <typename T>
void __stwb(T* to, T value) {
    *to = value;
}

struct float3 {
    float x, y, z;
};
struct alignas(8) uint2 {
    unsigned x, y;
};
struct alignas(16) uint4 {
    unsigned x, y, z, w;
};
inline float3 make_float3(float x, float y, float z) { return {x, y, z}; }

struct __nv_bfloat16 {
    irs::bf16 value;
};
inline float __bfloat162float(__nv_bfloat16 x) { return irs::to_float(x.value); }
inline __nv_bfloat16 __float2bfloat16_rn(float x) { return {irs::from_float<irs::bf16>(x)}; }

enum { __NV_SATFINITE, __NV_E4M3 };

// Of a finite |x| up to 448, by trying all: another way than the CPU's twin.
inline uint8_t __nv_cvt_float_to_fp8(float x, int, int) {
    int best = 0;
    const auto value = [](int code) {
        const int exponent = code >> 3, mantissa = code & 7;
        return exponent == 0 ? std::ldexp(static_cast<float>(mantissa), -9)
                             : std::ldexp(static_cast<float>(8 + mantissa), exponent - 10);
    };
    const float magnitude = std::fabs(x);
    for (int code = 1; code < 127; code++) {
        const float error = std::fabs(value(code) - magnitude), least = std::fabs(value(best) - magnitude);
        if (error < least || (error == least && code % 2 == 0)) best = code;
    }
    return static_cast<uint8_t>(best | (std::signbit(x) ? 0x80 : 0));
}

enum cudaError_t { cudaSuccess, cudaErrorInvalidValue };
enum cudaMemcpyKind { cudaMemcpyHostToDevice, cudaMemcpyDeviceToHost };
enum cudaDeviceAttr { cudaDevAttrComputeCapabilityMajor, cudaDevAttrComputeCapabilityMinor };
using cudaStream_t = void*;

inline cudaError_t cudaGetLastError() { return cudaSuccess; }
inline const char* cudaGetErrorString(cudaError_t) { return "invalid value"; }
inline cudaError_t cudaGetDeviceCount(int* out) {
    *out = 1;
    return cudaSuccess;
}
// A Hopper.
inline cudaError_t cudaDeviceGetAttribute(int* out, cudaDeviceAttr attribute, int) {
    const char* const given = std::getenv("EMULATED_CAPABILITY"); // 90 for 9.0, a Hopper
    const int capability = given == nullptr ? 90 : std::atoi(given);
    *out = attribute == cudaDevAttrComputeCapabilityMajor ? capability / 10 : capability % 10;
    return cudaSuccess;
}
template <typename T>
cudaError_t cudaMalloc(T** out, size_t size) {
    *out = static_cast<T*>(std::malloc(size));
    return cudaSuccess;
}
inline cudaError_t cudaFree(void* memory) {
    std::free(memory);
    return cudaSuccess;
}
inline cudaError_t cudaMemcpy(void* to, const void* from, size_t size, cudaMemcpyKind) {
    std::memcpy(to, from, size);
    return cudaSuccess;
}
