#include "torch/messages.h"

#include <dlfcn.h>

#include <ostream>
#include <streambuf>
#include <string_view>

namespace irs::torch {

namespace {

// How the functions of torch's shim begin what they log (torch/csrc/inductor/aoti_torch/utils.h).
constexpr std::string_view kBeginning = "Exception in aoti_torch: ";

thread_local std::string kept;

class Keeping : public std::streambuf {
public:
    explicit Keeping(std::streambuf* next) : next_(next) {}

protected:
    // c10's logging writes a message in one piece.
    std::streamsize xsputn(const char* text, std::streamsize size) override {
        const std::string_view message(text, static_cast<size_t>(size));
        const size_t at = message.find(kBeginning);
        if (at == std::string_view::npos) return next_->sputn(text, size);
        const std::string_view reason = message.substr(at + kBeginning.size());
        kept = reason.substr(0, reason.find('\n'));
        return size;
    }

    int_type overflow(int_type c) override {
        if (traits_type::eq_int_type(c, traits_type::eof())) return traits_type::not_eof(c);
        return next_->sputc(traits_type::to_char_type(c));
    }

    int sync() override { return next_->pubsync(); }

private:
    std::streambuf* next_;
};

}  // namespace

bool keep_reasons() {
    // Of the C++ library that libtorch uses: ours is linked in and has another one.
    auto* cerr = static_cast<std::ostream*>(dlsym(RTLD_DEFAULT, "_ZSt4cerr"));
    if (cerr == nullptr || cerr->rdbuf() == nullptr) return false;
    // Never freed: libtorch may write to it until the process ends.
    cerr->rdbuf(new Keeping(cerr->rdbuf()));
    return true;
}

std::string take_reason() {
    std::string reason;
    reason.swap(kept);
    return reason;
}

}  // namespace irs::torch
