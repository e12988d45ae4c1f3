#include "simulate_county/server/updated_since.hpp"

#include <algorithm>

namespace simulate {
namespace {

constexpr std::string_view kForm = "dddd-dd-ddTdd:dd:dd";

bool has_form(std::string_view text) {
    return text.size() == kForm.size() && std::equal(text.begin(), text.end(), kForm.begin(), [](char c, char form) {
               return form == 'd' ? c >= '0' && c <= '9' : c == form;
           });
}

// The first one is the record's own: what is nested in it is written after its members.
std::string_view saved_at(std::string_view record, std::string_view member) {
    const std::size_t name = record.find(member);
    if (name == std::string_view::npos) return {};
    return record.substr(name + member.size(), kForm.size());
}

}  // namespace

std::optional<std::string> read_since(std::string_view text) {
    if (text.ends_with('Z')) text.remove_suffix(1);
    return has_form(text) ? std::optional<std::string>(text) : std::nullopt;
}

bool is_updated_since(std::string_view record, std::string_view since) {
    for (const std::string_view member : {"\"updatedAt\":\"", "\"uploadedAt\":\""}) {
        const std::string_view saved = saved_at(record, member);
        if (has_form(saved)) return saved >= since;
    }
    return true;
}

}  // namespace simulate
