// One call of an ATen operator: arguments in the order of its schema, all of them, defaults included.
#pragma once

#include <cstring>
#include <optional>
#include <string_view>

#include "torch/tensor.h"

namespace irs::torch {

class Call {
public:
    explicit Call(const char* op, const char* overload = "") : op_(op), overload_(overload) {}

    Call& arg(const Tensor& x) { return push(reinterpret_cast<Value>(x.duplicate())); }

    // Tensor?: none when empty.
    Call& maybe(const Tensor& x) { return x ? push_optional(reinterpret_cast<Value>(x.duplicate())) : none(); }

    Call& arg(int64_t value) { return push(static_cast<Value>(value)); }
    Call& arg(bool value) { return push(value ? 1 : 0); }
    Call& arg(double value) { return push(bits(value)); }
    Call& maybe(std::optional<double> value) { return value ? push_optional(bits(*value)) : none(); }
    Call& none() { return push(0); }

    Call& arg(std::string_view text) {
        String handle = nullptr;
        check(api().new_string(text.data(), text.size(), &handle), op_);
        return push(reinterpret_cast<Value>(handle));
    }

    Call& arg(const Shape& ints) { return push(list_of(ints)); }
    Call& maybe(const Shape& ints) { return push_optional(list_of(ints)); }

    Call& arg(const std::vector<Tensor>& tensors) {
        List list = new_list(tensors.size());
        for (const Tensor& x : tensors) {
            check(api().list_push_back(list, reinterpret_cast<Value>(x.duplicate())), op_);
        }
        return push(reinterpret_cast<Value>(list));
    }

    // Of an operator that returns one tensor.
    Tensor run() {
        run_void();
        return Tensor(reinterpret_cast<Handle>(stack_[0]));
    }

    // The first of an operator that returns two.
    Tensor run_for_first() {
        run_void();
        const Tensor second(reinterpret_cast<Handle>(stack_[1]));
        return Tensor(reinterpret_cast<Handle>(stack_[0]));
    }

    // For an operator without results.
    void run_void() {
        constexpr uint64_t kWrittenFor = (2ull << 56) | (10ull << 48);
        check(api().call_dispatcher(op_, overload_, stack_, kWrittenFor), op_);
    }

private:
    static Value bits(double value) {
        Value out = 0;
        std::memcpy(&out, &value, sizeof value);
        return out;
    }

    List new_list(size_t size) {
        List list = nullptr;
        check(api().new_list(size, &list), op_);
        return list;
    }

    Value list_of(const Shape& ints) {
        List list = new_list(ints.size());
        for (const int64_t value : ints) check(api().list_push_back(list, static_cast<Value>(value)), op_);
        return reinterpret_cast<Value>(list);
    }

    // libtorch frees the box.
    Call& push_optional(Value value) { return push(reinterpret_cast<Value>(new Value(value))); }

    Call& push(Value value) {
        stack_[size_++] = value;
        return *this;
    }

    const char* op_;
    const char* overload_;
    Value stack_[16] = {};
    size_t size_ = 0;
};

}  // namespace irs::torch
