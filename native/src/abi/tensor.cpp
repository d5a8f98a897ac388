// irs_tensor_*, irs_weights_*, irs_trace_*
#include <cstring>

#include "abi/checked.h"
#include "mapped.h"
#include "torch/ops.h"

using namespace irs;

namespace {

// Wraps host memory after checking its size against the shape.
Tensor wrap(void* data, int64_t bytes, int32_t dtype, int32_t ndim, const int64_t* sizes) {
    const Shape shape = shape_of(ndim, sizes);
    int64_t wanted = element_size(static_cast<DType>(dtype));
    for (const int64_t size : shape) {
        require(!__builtin_mul_overflow(wanted, size, &wanted), "shape ", to_string(shape), " overflows 64 bits");
    }
    require(bytes == wanted, "the memory holds ", bytes, " bytes, the shape needs ", wanted);
    require(data != nullptr || bytes == 0, "data is NULL");
    return Tensor::wrap(data, shape, static_cast<DType>(dtype));
}

int64_t bytes_of(const Tensor& x) { return x.numel() * element_size(x.dtype()); }

}  // namespace

irs_status irs_tensor_wrap(irs_tensor** out, void* data, int64_t bytes, int32_t dtype, int32_t ndim,
                           const int64_t* sizes) {
    return guard([&] {
        checked(out, "out");
        publish(out, wrap(data, bytes, dtype, ndim, sizes));
    });
}

irs_status irs_tensor_convert(irs_tensor** out, const irs_tensor* x, int32_t device, int32_t dtype) {
    return guard([&] {
        checked(out, "out");
        element_size(static_cast<DType>(dtype));  // refuses unknown dtypes
        const Tensor& from = value(x, "x");
        Tensor converted;
        const bool whole = reads_whole(from, [&] { converted = from.to(device_of(device), static_cast<DType>(dtype)); });
        require(whole, "a tensor ", kCut);
        publish(out, converted);
    });
}

irs_status irs_tensor_describe(int32_t* dtype, int32_t* device, int32_t* ndim, int64_t* sizes, const irs_tensor* x) {
    return guard([&] {
        const Shape shape = value(x, "x").shape();
        checked(sizes, "sizes");
        checked(dtype, "dtype") = static_cast<int32_t>(x->value.dtype());
        checked(device, "device") = x->value.device().index;
        checked(ndim, "ndim") = static_cast<int32_t>(shape.size());
        std::copy(shape.begin(), shape.end(), sizes);
    });
}

irs_status irs_tensor_data(void** data, int64_t* bytes, const irs_tensor* x) {
    return guard([&] {
        const Tensor& tensor = value(x, "x");
        require(tensor.device().is_cpu(), "a tensor on cuda:", tensor.device().index, " has no host address; read it");
        require(tensor.is_contiguous(), "a tensor of shape ", to_string(tensor.shape()), " is not contiguous");
        checked(bytes, "bytes") = bytes_of(tensor);
        checked(data, "data") = tensor.data();
    });
}

irs_status irs_tensor_read(void* destination, int64_t bytes, const irs_tensor* x) {
    return guard([&] {
        const Tensor host = ops::contiguous(value(x, "x").to(Device{}, x->value.dtype()));
        require(bytes == bytes_of(host), "the destination holds ", bytes, " bytes, the tensor ", bytes_of(host));
        if (bytes > 0) std::memcpy(&checked(static_cast<char*>(destination), "destination"), host.data(), bytes);
    });
}

irs_status irs_tensor_select_rows(irs_tensor** out, const irs_tensor* x, int32_t n, const int64_t* rows) {
    return guard([&] {
        const NoGrad no_grad;
        checked(out, "out");
        const Tensor& tensor = value(x, "x");
        require(tensor.dim() > 0, "a scalar has no rows");
        require(n >= 0 && (n == 0 || rows != nullptr), "the list of rows has ", n, " entries");
        for (int32_t i = 0; i < n; i++) {
            require(rows[i] >= 0 && rows[i] < tensor.size(0), "row ", rows[i], " is outside [0, ", tensor.size(0), ")");
        }
        const Tensor index = Tensor::of(std::vector<int64_t>(rows, rows + n), {n}, tensor.device());
        publish(out, ops::index_select(tensor, 0, index));
    });
}

irs_status irs_tensor_slice_rows(irs_tensor** out, const irs_tensor* x, int64_t begin, int64_t n) {
    return guard([&] {
        const NoGrad no_grad;
        checked(out, "out");
        const Tensor& tensor = value(x, "x");
        require(tensor.dim() > 0, "a scalar has no rows");
        const int64_t rows = tensor.size(0);
        require(begin >= 0 && n >= 0 && begin <= rows && n <= rows - begin, "rows [", begin, ", ", begin, " + ", n,
                ") are outside [0, ", rows, ")");
        publish(out, ops::narrow(tensor, 0, begin, n));
    });
}

irs_status irs_tensor_concat_rows(irs_tensor** out, int32_t n, const irs_tensor* const* parts) {
    return guard([&] {
        const NoGrad no_grad;
        checked(out, "out");
        require(n > 0 && parts != nullptr, "the list of tensors has ", n, " entries, expected at least 1");
        std::vector<Tensor> tensors;
        for (int32_t i = 0; i < n; i++) {
            tensors.push_back(value(parts[i], "part"));
            Shape shape = tensors[i].shape(), first = tensors[0].shape();
            if (!shape.empty() && !first.empty()) shape[0] = first[0];
            require(!shape.empty() && shape == first && tensors[i].dtype() == tensors[0].dtype(), "part ", i,
                    " has shape ", to_string(tensors[i].shape()), " ", name(tensors[i].dtype()), ", part 0 ",
                    to_string(tensors[0].shape()), " ", name(tensors[0].dtype()));
        }
        publish(out, ops::cat(tensors, 0));
    });
}

void irs_tensor_free(irs_tensor* x) { delete x; }

irs_status irs_weights_create(irs_weights** out, int32_t device, int32_t dtype) {
    return guard([&] {
        checked(out, "out");
        const DType type = model_dtype(dtype);
        torch::api();
        *out = new irs_weights(Weights{device_of(device), type, {}, false, {}});
    });
}

irs_status irs_weights_put(irs_weights* weights, const char* name, const void* data, int64_t bytes, int32_t dtype,
                           int32_t ndim, const int64_t* sizes) {
    return guard([&] {
        const std::string key = &checked(name, "name");
        // Never written to: models only read their weights.
        Tensor tensor = wrap(const_cast<void*>(data), bytes, dtype, ndim, sizes);
        require(value(weights, "weights").tensors.emplace(key, tensor).second, key, " is there twice");
    });
}

void irs_weights_free(irs_weights* weights) { delete weights; }

irs_status irs_trace_create(irs_trace** out) {
    return guard([&] { checked(out, "out") = new irs_trace(Trace{}); });
}

irs_status irs_trace_get(irs_tensor** out, const irs_trace* trace, const char* name) {
    return guard([&] {
        checked(out, "out");
        publish(out, value(trace, "trace").get(&checked(name, "name")));
    });
}

void irs_trace_free(irs_trace* trace) { delete trace; }
