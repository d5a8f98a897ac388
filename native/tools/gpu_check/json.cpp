#include "json.h"

#include <cmath>
#include <cstdio>
#include <cstdlib>
#include <fstream>
#include <sstream>
#include <stdexcept>

namespace gpu_check {

namespace {

void append_utf8(std::string& out, unsigned code) {
    const auto tail = [&](int shift) { out += static_cast<char>(0x80 | ((code >> shift) & 0x3f)); };
    if (code < 0x80) {
        out += static_cast<char>(code);
    } else if (code < 0x800) {
        out += static_cast<char>(0xc0 | (code >> 6));
        tail(0);
    } else if (code < 0x10000) {
        out += static_cast<char>(0xe0 | (code >> 12));
        tail(6);
        tail(0);
    } else {
        out += static_cast<char>(0xf0 | (code >> 18));
        tail(12);
        tail(6);
        tail(0);
    }
}

std::string quoted(const std::string& text) {
    std::string out = "\"";
    for (const char c : text) {
        if (c == '"' || c == '\\') {
            out += '\\';
            out += c;
        } else if (static_cast<unsigned char>(c) < 0x20) {
            char escape[8];
            std::snprintf(escape, sizeof escape, "\\u%04x", static_cast<unsigned>(c));
            out += escape;
        } else {
            out += c;
        }
    }
    return out + '"';
}

std::string written(double number) {
    char text[32];
    if (!std::isfinite(number)) return "null";
    const bool whole = number == std::floor(number) && std::fabs(number) < 1e15;
    std::snprintf(text, sizeof text, whole ? "%.0f" : "%.9g", number);
    return text;
}

}  // namespace

class Json::Parser {
public:
    Parser(const std::string& text, const std::string& where) : text_(text), where_(where) {}

    Json whole() {
        Json out = value(0);
        skip();
        if (at_ != text_.size()) fail("something follows the value");
        return out;
    }

private:
    [[noreturn]] void fail(const std::string& what) const {
        throw std::runtime_error(where_ + ": is not JSON: " + what + " at byte " + std::to_string(at_));
    }

    void skip() {
        while (at_ < text_.size() && (text_[at_] == ' ' || text_[at_] == '\n' || text_[at_] == '\r' || text_[at_] == '\t')) at_++;
    }

    char next() {
        skip();
        if (at_ == text_.size()) fail("it ends early");
        return text_[at_];
    }

    bool take(char c) {
        if (next() != c) return false;
        at_++;
        return true;
    }

    void expect(char c) {
        if (!take(c)) fail(std::string("expected ") + c);
    }

    Json word(const char* word, Json value) {
        const std::string wanted = word;
        if (text_.compare(at_, wanted.size(), wanted) != 0) fail("an unknown word");
        at_ += wanted.size();
        return value;
    }

    Json value(int depth) {
        constexpr int kDeepest = 100;
        if (depth > kDeepest) fail("values nest too deeply");
        switch (next()) {
            case '{': return object(depth);
            case '[': return array(depth);
            case '"': return string();
            case 't': return word("true", true);
            case 'f': return word("false", false);
            case 'n': return word("null", Json());
            default: return number();
        }
    }

    Json object(int depth) {
        Json out = Json::object();
        expect('{');
        if (take('}')) return out;
        do {
            if (next() != '"') fail("expected a name");
            std::string key = string();
            expect(':');
            out.fields_.emplace_back(std::move(key), value(depth + 1));
        } while (take(','));
        expect('}');
        return out;
    }

    Json array(int depth) {
        std::vector<Json> items;
        expect('[');
        if (take(']')) return items;
        do items.push_back(value(depth + 1));
        while (take(','));
        expect(']');
        return items;
    }

    Json number() {
        const char* const begin = text_.c_str() + at_;
        char* end = nullptr;
        const double value = std::strtod(begin, &end);
        const bool numeric = *begin == '-' || (*begin >= '0' && *begin <= '9');
        if (end == begin || !numeric || !std::isfinite(value)) fail("expected a value");
        at_ += static_cast<size_t>(end - begin);
        return value;
    }

    unsigned hex() {
        unsigned code = 0;
        for (int i = 0; i < 4; i++, at_++) {
            if (at_ == text_.size() || std::isxdigit(static_cast<unsigned char>(text_[at_])) == 0) fail("a bad escape");
            code = code * 16 + static_cast<unsigned>(std::stoi(text_.substr(at_, 1), nullptr, 16));
        }
        return code;
    }

    std::string string() {
        std::string out;
        expect('"');
        for (;;) {
            if (at_ == text_.size()) fail("a text does not end");
            const char c = text_[at_++];
            if (c == '"') return out;
            if (c != '\\') {
                out += c;
                continue;
            }
            if (at_ == text_.size()) fail("a text does not end");
            const char escape = text_[at_++];
            static const std::string from = "\"\\/bfnrt", to = "\"\\/\b\f\n\r\t";
            const size_t simple = from.find(escape);
            if (simple != std::string::npos) {
                out += to[simple];
            } else if (escape == 'u') {
                unsigned code = hex();
                const bool high = code >= 0xd800 && code < 0xdc00;
                if (high && text_.compare(at_, 2, "\\u") == 0) {
                    at_ += 2;
                    code = 0x10000 + ((code - 0xd800) << 10) + (hex() - 0xdc00);
                }
                append_utf8(out, code);
            } else {
                fail("a bad escape");
            }
        }
    }

    const std::string& text_;
    const std::string& where_;
    size_t at_ = 0;
};

Json Json::object(std::vector<Field> fields) {
    Json out;
    out.kind_ = Kind::object;
    out.fields_ = std::move(fields);
    return out;
}

Json Json::parse(const std::string& text, const std::string& where) { return Parser(text, where).whole(); }

Json Json::read(const std::string& file) {
    std::ifstream in(file, std::ios::binary);
    if (!in) throw std::runtime_error(file + " cannot be read");
    std::ostringstream text;
    text << in.rdbuf();
    return parse(text.str(), file);
}

std::string Json::write() const {
    std::string out;
    switch (kind_) {
        case Kind::null: return "null";
        case Kind::flag: return number_ != 0 ? "true" : "false";
        case Kind::number: return written(number_);
        case Kind::text: return quoted(text_);
        case Kind::array:
            for (const Json& item : items_) out += (out.empty() ? "" : ", ") + item.write();
            return "[" + out + "]";
        case Kind::object:
            for (const auto& [key, value] : fields_) out += (out.empty() ? "" : ", ") + quoted(key) + ": " + value.write();
            return "{" + out + "}";
    }
    return out;
}

void Json::require(Kind kind, const char* name) const {
    if (kind_ != kind) throw std::runtime_error(write().substr(0, 60) + " is no " + name);
}

double Json::number() const {
    require(Kind::number, "number");
    return number_;
}

bool Json::flag() const {
    require(Kind::flag, "flag");
    return number_ != 0;
}

const std::string& Json::text() const {
    require(Kind::text, "text");
    return text_;
}

const std::vector<Json>& Json::items() const {
    require(Kind::array, "list");
    return items_;
}

const std::vector<Json::Field>& Json::fields() const {
    require(Kind::object, "object");
    return fields_;
}

const Json* Json::find(const std::string& key) const {
    for (const auto& [name, value] : fields()) {
        if (name == key) return value.is_null() ? nullptr : &value;
    }
    return nullptr;
}

const Json& Json::at(const std::string& key) const {
    const Json* const found = find(key);
    if (found == nullptr) throw std::runtime_error(write().substr(0, 60) + " has no " + key);
    return *found;
}

double Json::number(const std::string& key, double absent) const {
    const Json* const found = find(key);
    return found == nullptr ? absent : found->number();
}

bool Json::flag(const std::string& key, bool absent) const {
    const Json* const found = find(key);
    return found == nullptr ? absent : found->flag();
}

std::string Json::text(const std::string& key, const std::string& absent) const {
    const Json* const found = find(key);
    return found == nullptr ? absent : found->text();
}

Json& Json::set(const std::string& key, Json value) {
    require(Kind::object, "object");
    fields_.emplace_back(key, std::move(value));
    return *this;
}

}  // namespace gpu_check
