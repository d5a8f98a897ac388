// What a part finds: a row a line, written as soon as it is known, so that a crash loses nothing that came before it.
#pragma once

#include <cstdio>
#include <exception>
#include <string>

#include "json.h"

namespace gpu_check {

class Rows {
public:
    // `out` stays the caller's.
    explicit Rows(std::FILE* out) : out_(out) {}

    // verdict: pass, fail, measured or skipped.
    void add(const std::string& what, const std::string& verdict, const std::string& note, std::vector<Json::Field> numbers = {}) {
        Json row = Json::object({{"what", what}, {"verdict", verdict}});
        if (!note.empty()) row.set("note", note);
        for (auto& [key, value] : numbers) row.set(key, std::move(value));
        std::fprintf(out_, "%s\n", row.write().c_str());
        std::fflush(out_);
    }

    // Whatever stops one row becomes a row, and the others go on.
    template <typename Work>
    void attempt(const std::string& what, const Work& work) {
        try {
            work();
        } catch (const std::exception& e) {
            add(what, "fail", e.what());
        }
    }

private:
    std::FILE* out_;
};

}  // namespace gpu_check
