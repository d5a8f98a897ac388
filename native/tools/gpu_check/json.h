// JSON as configurations, manifests, headers of safetensors files and results have it: read whole, written whole. Our own, as
// the machines that this runs on have no network, and PyTorch brings no reader.
#pragma once

#include <string>
#include <utility>
#include <vector>

namespace gpu_check {

class Json {
public:
    using Field = std::pair<std::string, Json>;

    Json() = default;
    Json(bool flag) : kind_(Kind::flag), number_(flag ? 1 : 0) {}
    Json(int number) : Json(static_cast<double>(number)) {}
    Json(double number) : kind_(Kind::number), number_(number) {}
    Json(const char* text) : Json(std::string(text)) {}
    Json(std::string text) : kind_(Kind::text), text_(std::move(text)) {}
    Json(std::vector<Json> items) : kind_(Kind::array), items_(std::move(items)) {}
    static Json object(std::vector<Field> fields = {});

    // Throws with `where`, such as a file's name, in the message.
    static Json parse(const std::string& text, const std::string& where);
    static Json read(const std::string& file);

    // A number that is not finite, which JSON lacks, is written as null.
    std::string write() const;

    bool is_null() const { return kind_ == Kind::null; }
    bool is_number() const { return kind_ == Kind::number; }

    // These throw where the value is of another kind.
    double number() const;
    bool flag() const;
    const std::string& text() const;
    const std::vector<Json>& items() const;
    const std::vector<Field>& fields() const;

    // A field that is absent or null is none.
    const Json* find(const std::string& key) const;
    const Json& at(const std::string& key) const;
    double number(const std::string& key, double absent) const;
    bool flag(const std::string& key, bool absent) const;
    std::string text(const std::string& key, const std::string& absent) const;

    Json& set(const std::string& key, Json value);

private:
    enum class Kind { null, flag, number, text, array, object };
    class Parser;

    void require(Kind kind, const char* name) const;

    Kind kind_ = Kind::null;
    double number_ = 0;
    std::string text_;
    std::vector<Json> items_;
    std::vector<Field> fields_;
};

}  // namespace gpu_check
