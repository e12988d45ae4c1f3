#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "connectors/formats/xml_plan.hpp"

namespace caseweave {

/// Reads records that are written in the plainest way, as exporters of tables write nearly all of theirs, past the XML
/// parser.
///
/// Plain is a record whose tag and whose children's have no attribute and no prefix, whose children are elements the
/// plan takes and hold text alone, and whose texts hold no reference, no section, no `>`, no carriage return and no
/// character from U+F000 on (noncharacters and the marks of xml_byte_marks.hpp are among those). Such a record is
/// well-formed by its looks, and the parser would say of it exactly what stands there.
class XmlPlainRecord {
  public:
    struct Value {
        const XmlNode* node;
        std::string_view text;  ///< as it stands, with its layout
    };

    explicit XmlPlainRecord(const XmlPlan& plan);

    /// Reads the record `text` begins with, which must be UTF-8 without control characters. @return its size in bytes;
    /// 0 where it is not plain, or not whole.
    std::size_t read(std::string_view text);

    /// The children of the record read last, in the order they stand in.
    const std::vector<Value>& values() const noexcept { return values_; }
    std::uint64_t line_feeds() const noexcept { return line_feeds_; }  ///< in that record
    std::size_t longest_text() const noexcept { return longest_text_; }

    /// The node that encloses records; no_node() where the plan has no plain record.
    std::size_t parent_node() const noexcept { return parent_node_; }
    static constexpr std::size_t no_node() noexcept { return static_cast<std::size_t>(-1); }
    /// What ends a record.
    const std::string& end_tag() const noexcept { return end_tag_; }

  private:
    struct Child {
        const XmlNode* node;
        std::string start_tag, empty_tag, end_tag;
    };
    const Child* find_child(std::string_view text);

    std::string start_tag_, end_tag_;
    std::size_t parent_node_ = no_node();
    std::vector<Child> children_;
    std::size_t next_child_ = 0;  // the child that is likely next
    std::vector<Value> values_;
    std::uint64_t line_feeds_ = 0;
    std::size_t longest_text_ = 0;
};

}  // namespace caseweave
