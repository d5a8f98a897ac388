#include "safetensors.h"

#include <fcntl.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cstring>

namespace gpu_check {

namespace {

struct Type {
    const char* name;
    int32_t dtype;
    int64_t bytes;
};

constexpr Type kTypes[] = {{"F64", IRS_DTYPE_F64, 8}, {"F32", IRS_DTYPE_F32, 4}, {"F16", IRS_DTYPE_F16, 2},
                           {"BF16", IRS_DTYPE_BF16, 2}, {"I64", IRS_DTYPE_I64, 8}, {"I32", IRS_DTYPE_I32, 4},
                           {"U8", IRS_DTYPE_U8, 1}};

// Read alone; the ABI asks for memory that can be written.
Tensor wrapped(const StoredTensor& x) {
    return make<Tensor>(irs_tensor_wrap, const_cast<void*>(x.data), x.bytes, x.dtype, static_cast<int32_t>(x.shape.size()),
                        x.shape.data());
}

}  // namespace

std::vector<double> StoredTensor::values() const {
    std::vector<double> out(static_cast<size_t>(count_of(shape)));
    const Tensor wide = make<Tensor>(irs_tensor_convert, wrapped(*this).get(), IRS_CPU, IRS_DTYPE_F64);
    check(irs_tensor_read(out.data(), static_cast<int64_t>(out.size() * sizeof(double)), wide.get()));
    return out;
}

Tensor StoredTensor::on(int32_t device, int32_t to) const {
    return make<Tensor>(irs_tensor_convert, copy_of(wrapped(*this)).get(), device, to);
}

Safetensors::Safetensors(const std::string& file) : file_(file) {
    const int descriptor = open(file.c_str(), O_RDONLY | O_CLOEXEC);
    struct stat status {};
    if (descriptor < 0 || fstat(descriptor, &status) != 0) throw std::runtime_error(file + " cannot be read");
    bytes_ = static_cast<size_t>(status.st_size);
    void* const mapped = bytes_ == 0 ? MAP_FAILED : mmap(nullptr, bytes_, PROT_READ, MAP_PRIVATE, descriptor, 0);
    close(descriptor);
    if (mapped == MAP_FAILED) throw std::runtime_error(file + " cannot be mapped");
    mapped_ = mapped;
    try {
        uint64_t header = UINT64_MAX;
        if (bytes_ >= sizeof header) std::memcpy(&header, mapped_, sizeof header);
        if (header > bytes_ - sizeof header) throw std::runtime_error(file + " is cut: its header does not end");
        const std::string text(static_cast<const char*>(mapped_) + 8, header);
        read(Json::parse(text, file), 8 + header);
    } catch (...) {
        munmap(mapped_, bytes_);
        throw;
    }
}

Safetensors::~Safetensors() { munmap(mapped_, bytes_); }

void Safetensors::read(const Json& header, uint64_t begin) {
    for (const auto& [name, entry] : header.fields()) {
        if (name == "__metadata__") {
            metadata_ = entry;
            continue;
        }
        const std::string& type = entry.at("dtype").text();
        const Type* known = nullptr;
        for (const Type& each : kTypes) {
            if (type == each.name) known = &each;
        }
        if (known == nullptr) throw std::runtime_error(file_ + ": " + name + " is of dtype " + type);
        Shape shape;
        for (const Json& size : entry.at("shape").items()) shape.push_back(static_cast<int64_t>(size.number()));
        const std::vector<Json>& offsets = entry.at("data_offsets").items();
        if (offsets.size() != 2) throw std::runtime_error(file_ + ": " + name + " has no two data_offsets");
        const double first = offsets[0].number(), last = offsets[1].number();
        const int64_t bytes = count_of(shape) * known->bytes;
        if (first < 0 || last - first != static_cast<double>(bytes) || static_cast<double>(begin) + last > static_cast<double>(bytes_)) {
            throw std::runtime_error(file_ + ": " + name + " lies outside the file or has another size than its shape");
        }
        const char* const data = static_cast<const char*>(mapped_) + begin + static_cast<uint64_t>(first);
        tensors_.emplace(name, StoredTensor{known->dtype, shape, data, bytes});
    }
}

const StoredTensor& Safetensors::at(const std::string& name) const {
    const auto found = tensors_.find(name);
    if (found == tensors_.end()) throw std::runtime_error(file_ + " has no tensor " + name);
    return found->second;
}

}  // namespace gpu_check
