#include "connectors/formats/json_grammar.hpp"

#include <vector>

namespace caseweave {

namespace {

/// Moves over one JSON text.
class JsonScan {
  public:
    JsonScan(std::string_view text, std::size_t max_depth) : text_(text), max_depth_(max_depth) {}

    bool whole_value() {
        do {
            skip_blanks();
            if (!open_or_scalar()) return false;
            if (!close_all()) return false;
        } while (!open_.empty());
        return at_ == text_.size();
    }

  private:
    bool at(char c) const noexcept { return at_ < text_.size() && text_[at_] == c; }
    bool take(char c) noexcept {
        if (!at(c)) return false;
        ++at_;
        return true;
    }
    void skip_blanks() noexcept {
        while (at(' ') || at('\t') || at('\n') || at('\r')) ++at_;
    }

    /// Takes containers as far as they open directly, then the scalar inside; an empty container counts as one.
    bool open_or_scalar() {
        for (;;) {
            if (!at('{') && !at('[')) return scalar();
            if (open_.size() == max_depth_) return false;
            const char closer = text_[at_++] == '{' ? '}' : ']';
            skip_blanks();
            if (take(closer)) return true;
            open_.push_back(closer);
            if (closer == '}' && !member_name()) return false;
            skip_blanks();
        }
    }

    /// Takes what may follow a value: closing brackets, up to the comma in front of the next value.
    bool close_all() {
        for (;;) {
            skip_blanks();
            if (open_.empty()) return true;
            if (take(',')) {
                skip_blanks();
                return open_.back() != '}' || member_name();
            }
            if (!take(open_.back())) return false;
            open_.pop_back();
        }
    }

    bool member_name() {
        if (!string()) return false;
        skip_blanks();
        return take(':');
    }

    bool string() noexcept {
        if (!take('"')) return false;
        while (at_ < text_.size()) {
            const char c = text_[at_++];
            if (c == '"') return true;
            if (static_cast<unsigned char>(c) < 0x20) return false;
            if (c != '\\') continue;
            if (at_ == text_.size()) return false;
            const char escape = text_[at_++];
            if (escape == 'u') {
                for (int i = 0; i < 4; ++i, ++at_) {
                    if (at_ == text_.size() || !is_hex(text_[at_])) return false;
                }
            } else if (std::string_view("\"\\/bfnrt").find(escape) == std::string_view::npos) {
                return false;
            }
        }
        return false;
    }
    static bool is_hex(char c) noexcept {
        return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F');
    }

    bool scalar() noexcept {
        if (at('"')) return string();
        const std::size_t begin = at_;
        while (at_ < text_.size() && std::string_view(" \t\r\n,]}").find(text_[at_]) == std::string_view::npos) ++at_;
        const std::string_view token = text_.substr(begin, at_ - begin);
        return token == "true" || token == "false" || token == "null" || is_json_number(token);
    }

    std::string_view text_;
    std::size_t max_depth_;
    std::size_t at_ = 0;
    std::vector<char> open_;  // closing brackets that are due
};

}  // namespace

bool is_json_number(std::string_view text) noexcept {
    std::size_t at = 0;
    const auto digits = [&] {
        const std::size_t begin = at;
        while (at < text.size() && text[at] >= '0' && text[at] <= '9') ++at;
        return at - begin;
    };
    if (at < text.size() && text[at] == '-') ++at;
    const bool zero = at < text.size() && text[at] == '0';
    const std::size_t whole = digits();
    if (whole == 0 || (zero && whole > 1)) return false;
    if (at < text.size() && text[at] == '.') {
        ++at;
        if (digits() == 0) return false;
    }
    if (at < text.size() && (text[at] == 'e' || text[at] == 'E')) {
        ++at;
        if (at < text.size() && (text[at] == '+' || text[at] == '-')) ++at;
        if (digits() == 0) return false;
    }
    return at == text.size();
}

bool is_json_value(std::string_view text, std::size_t max_depth) {
    return JsonScan(text, max_depth).whole_value();
}

}  // namespace caseweave
