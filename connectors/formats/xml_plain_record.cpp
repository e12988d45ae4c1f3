#include "connectors/formats/xml_plain_record.hpp"

#include <algorithm>
#include <array>

#include "core/ascii.hpp"

namespace caseweave {

namespace {

/// Says what a byte of a text needs: nothing, or a look.
enum class ByteKind : std::uint8_t { plain, line_feed, stop };

constexpr std::array<ByteKind, 256> kByteKinds = [] {
    std::array<ByteKind, 256> kinds{};
    for (const char c : {'<', '>', '&', '\r'}) kinds[static_cast<unsigned char>(c)] = ByteKind::stop;
    // U+FFFE and U+FFFF are no characters of XML, and nobody writes their neighbours.
    kinds[0xEF] = ByteKind::stop;
    kinds['\n'] = ByteKind::line_feed;
    return kinds;
}();

/// Takes `expected` off the front.
bool take(std::string_view& text, std::string_view expected) noexcept {
    if (!text.starts_with(expected)) return false;
    text.remove_prefix(expected.size());
    return true;
}

bool is_plain_name(std::string_view name) noexcept {
    const auto is_letter = [](char c) { return ascii::is_letter(c) || c == '_'; };
    return !name.empty() && is_letter(name.front()) && std::all_of(name.begin(), name.end(), [&](char c) {
        return is_letter(c) || ascii::is_digit(c) || c == '-' || c == '.';
    });
}

}  // namespace

XmlPlainRecord::XmlPlainRecord(const XmlPlan& plan) {
    for (std::size_t parent = 1; parent < plan.nodes.size(); ++parent) {
        for (const std::size_t index : plan.nodes[parent].children) {
            const XmlNode& record = plan.nodes[index];
            if (!record.record || !is_plain_name(record.name)) continue;
            start_tag_ = "<" + record.name + ">";
            end_tag_ = "</" + record.name + ">";
            for (const std::size_t child : record.children) {
                const XmlNode& node = plan.nodes[child];
                if (node.columns.empty() || node.other_record || !is_plain_name(node.name)) continue;
                children_.push_back({&node, "<" + node.name + ">", "<" + node.name + "/>", "</" + node.name + ">"});
            }
            if (!children_.empty()) parent_node_ = parent;
        }
    }
}

const XmlPlainRecord::Child* XmlPlainRecord::find_child(std::string_view text) {
    // Elements come in one order: the one after the last is the likely one.
    for (std::size_t tried = 0; tried < children_.size(); ++tried, ++next_child_) {
        if (next_child_ >= children_.size()) next_child_ = 0;
        const Child& child = children_[next_child_];
        if (!text.starts_with(child.start_tag) && !text.starts_with(child.empty_tag)) continue;
        ++next_child_;
        return &child;
    }
    return nullptr;
}

std::size_t XmlPlainRecord::read(std::string_view text) {
    std::string_view rest = text;
    if (!take(rest, start_tag_)) return 0;
    values_.clear();
    line_feeds_ = 0;
    longest_text_ = 0;
    next_child_ = 0;
    for (;;) {
        while (!rest.empty() && ascii::is_blank(rest.front())) {
            line_feeds_ += rest.front() == '\n' ? 1U : 0U;
            rest.remove_prefix(1);
        }
        const Child* const child = find_child(rest);
        if (child == nullptr) break;
        if (take(rest, child->empty_tag)) {
            values_.push_back({child->node, {}});
            continue;
        }
        rest.remove_prefix(child->start_tag.size());
        std::size_t size = 0;
        for (; size < rest.size(); ++size) {
            const ByteKind kind = kByteKinds[static_cast<unsigned char>(rest[size])];
            if (kind == ByteKind::plain) continue;
            if (kind == ByteKind::stop) break;
            ++line_feeds_;
        }
        values_.push_back({child->node, rest.substr(0, size)});
        longest_text_ = std::max(longest_text_, size);
        rest.remove_prefix(size);
        if (!take(rest, child->end_tag)) return 0;
    }
    // A record without children is a text, if an empty one.
    if (values_.empty() || !take(rest, end_tag_)) return 0;
    return text.size() - rest.size();
}

}  // namespace caseweave
