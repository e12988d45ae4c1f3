#include "connectors/transports/http_gate.hpp"

#include <algorithm>
#include <utility>

#include "core/ascii.hpp"

namespace caseweave {

namespace {

bool is_token(std::string_view text) noexcept {
    constexpr std::string_view kOthers = "!#$%&'*+-.^_`|~";
    return !text.empty() && std::all_of(text.begin(), text.end(), [&](char c) {
        return ascii::is_digit(c) || ascii::is_letter(c) || kOthers.find(c) != std::string_view::npos;
    });
}

std::string_view trim_blanks(std::string_view text) noexcept {
    while (!text.empty() && (text.front() == ' ' || text.front() == '\t')) text.remove_prefix(1);
    while (!text.empty() && (text.back() == ' ' || text.back() == '\t')) text.remove_suffix(1);
    return text;
}

bool is_status_line(std::string_view line) noexcept {
    if (line.size() < 12 || !(line.starts_with("HTTP/1.1 ") || line.starts_with("HTTP/1.0 "))) return false;
    return std::all_of(line.begin() + 9, line.begin() + 12, [](char c) { return c >= '0' && c <= '9'; }) &&
           (line.size() == 12 || line[12] == ' ');
}

}  // namespace

std::string_view judge_response_head(std::string_view head) noexcept {
    if (head.size() > kMaxHeadBytes) return "its head is too large";
    if (!head.ends_with("\r\n\r\n")) return "its head is cut off";
    head.remove_suffix(2);
    bool first = true;
    unsigned lengths = 0;
    unsigned codings = 0;
    while (!head.empty()) {
        const std::size_t line_end = head.find("\r\n");
        const std::string_view line = head.substr(0, line_end);
        head.remove_prefix(line_end + 2);
        if (line.find_first_of(std::string_view("\r\n\0", 3)) != std::string_view::npos)
            return "its head holds a stray line end or NUL";
        if (std::exchange(first, false)) {
            if (!is_status_line(line)) return "it does not start with an HTTP/1 status line";
            continue;
        }
        if (line.starts_with(' ') || line.starts_with('\t')) return "its head has folded lines";
        const std::size_t colon = line.find(':');
        if (colon == std::string_view::npos || !is_token(line.substr(0, colon)))
            return "a field of its head has no proper name";
        const std::string_view name = line.substr(0, colon);
        const std::string_view value = trim_blanks(line.substr(colon + 1));
        if (ascii::equal_ignoring_case(name, "content-length")) {
            const bool number = !value.empty() && value.size() <= 18 &&
                                std::all_of(value.begin(), value.end(), [](char c) { return c >= '0' && c <= '9'; });
            if (!number) return "its Content-Length is not a number";
            if (++lengths > 1) return "it has two Content-Length fields";
        }
        if (ascii::equal_ignoring_case(name, "transfer-encoding")) {
            if (!ascii::equal_ignoring_case(value, "chunked")) return "its transfer coding is not chunked";
            if (++codings > 1) return "it has two Transfer-Encoding fields";
        }
        if (ascii::equal_ignoring_case(name, "content-encoding") && !ascii::equal_ignoring_case(value, "identity"))
            return "it is compressed though nobody asked for that";
    }
    if (lengths > 0 && codings > 0) return "it has both Content-Length and Transfer-Encoding";
    return {};
}

}  // namespace caseweave
