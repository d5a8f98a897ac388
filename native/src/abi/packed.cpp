// irs_packed_*, irs_weights_put_packed
#include "abi/checked.h"
#include "mapped.h"
#include "torch/rows.h"
#include "widen.h"

using namespace irs;

namespace {

Rounding rounding_of(int32_t dtype) {
    switch (static_cast<DType>(dtype)) {
        case DType::f32:
            return Rounding::none;
        case DType::f16:
            return Rounding::f16;
        case DType::bf16:
            return Rounding::bf16;
        default:
            throw Error(IRS_INVALID_ARGUMENT, join("values are rounded to dtype ", dtype, ", expected f32, f16 or bf16"));
    }
}

// `count` values of `p` as the kernel takes them, after checking that everything reaches so far.
Packed packed_of(const irs_packed* given, int64_t count) {
    const irs_packed& p = checked(given, "packed");
    const auto packing = static_cast<Packing>(p.packing);
    const PackedBlock block = block_of(packing);
    require(block.values > 0, "packing is ", p.packing, ", expected one of IRS_PACKED_*");
    int64_t end = 0;
    require(p.first >= 0 && count >= 0 && !__builtin_add_overflow(p.first, count, &end), "values [", p.first, ", ",
            p.first, " + ", count, ") are out of range");
    const int64_t blocks = end / block.values + (end % block.values != 0 ? 1 : 0);
    require(p.bytes >= 0 && blocks <= p.bytes / block.bytes, "the memory holds ", p.bytes, " bytes, ", end,
            " values need ", blocks, " blocks of ", block.bytes);
    require(p.data != nullptr || p.bytes == 0, "data is NULL");
    const int64_t codes = packing == Packing::code4 ? 16 : packing == Packing::code8 ? 256 : 0;
    require(p.code_count == codes && (codes == 0 || p.code != nullptr), "code has ", p.code_count, " values, expected ",
            codes);
    require(p.run >= 1, "run is ", p.run, ", expected 1 or more");
    require(p.scales == nullptr || end == 0 || (end - 1) / p.run < p.scale_count, "there are ", p.scale_count,
            " scales for ", end, " values, ", p.run, " to a scale");
    return {packing, static_cast<const uint8_t*>(p.data), static_cast<size_t>(p.bytes), p.first, p.code, p.scales,
            p.scale_count, p.run, static_cast<float>(p.offset), rounding_of(p.rounding)};
}

}  // namespace

irs_status irs_weights_put_packed(irs_weights* weights, const char* name, const irs_packed* packed, int32_t ndim,
                                  const int64_t* sizes) {
    return guard([&] {
        const std::string key = &checked(name, "name");
        Weights& set = value(weights, "weights");
        const Shape shape = shape_of(ndim, sizes);
        int64_t count = 1;
        for (const int64_t size : shape) count *= size;
        const Packed source = packed_of(packed, count);
        require(set.tensors.count(key) == 0, key, " is there twice");
        const Tensor wide = Tensor::empty(shape, set.dtype, Device{});
        const bool whole = reads_whole(source.data, packed->bytes, [&] {
            by_type(wide, [&](auto type) { widen(source, count, static_cast<decltype(type)*>(wide.data())); });
        });
        require(whole, key, " ", kCut);
        set.tensors.emplace(key, wide.to(set.device, set.dtype));
    });
}

irs_status irs_packed_widen(float* out, int64_t count, const irs_packed* packed) {
    return guard([&] {
        const Packed source = packed_of(packed, count);
        if (count == 0) return;
        float* const to = &checked(out, "out");
        const bool whole = reads_whole(source.data, packed->bytes, [&] { widen_here(source, count, to); });
        require(whole, "a packed tensor ", kCut);
    });
}
