#include <algorithm>

#include "conformance/document_editor.hpp"

namespace caseweave::conformance {

namespace {

/// Edits files of one entity, in an encoding of one byte a character.
class FixedWidthEditor final : public DocumentEditor {
  public:
    bool settable(const EntityDefinition&, const std::string&) const override { return true; }

    void add_column(std::string& document, const EntityDefinition&, const std::string&,
                    const std::string& value) const override {
        std::vector<std::string> lines = take_apart(document);
        for (std::string& line : lines) line += value;
        put_together(document, lines);
    }

    void drop_column(std::string& document, const EntityDefinition& entity, const std::string& column) const override {
        std::vector<std::string> lines = take_apart(document);
        const auto [begin, width] = extent(entity, column);
        for (std::string& line : lines) line.resize(std::min(line.size(), begin));
        put_together(document, lines);
    }

    void remove_all_rows(std::string& document, const std::vector<const EntityDefinition*>&) const override {
        document.clear();
    }

    bool copy_row(std::string& document, const EntityDefinition& entity, const Fields& like,
                  const Fields& changes) const override {
        std::vector<std::string> lines = take_apart(document);
        const auto found = find(lines, entity, like);
        if (found == lines.end()) return false;
        std::string copy = *found;
        for (const auto& [column, value] : changes) {
            const auto [begin, width] = extent(entity, column);
            std::string padded = value.substr(0, width);
            padded.resize(width, ' ');
            copy.replace(begin, width, padded);
        }
        lines.push_back(std::move(copy));
        put_together(document, lines);
        return true;
    }

    std::vector<RejectReason> add_unreadable_rows(std::string& document, const EntityDefinition& entity,
                                                  const Fields& like) const override {
        std::vector<std::string> lines = take_apart(document);
        const auto found = find(lines, entity, like);
        if (found == lines.end()) return {};
        const std::string whole = *found;
        lines.push_back(whole.substr(0, whole.size() / 2));
        lines.push_back(whole + " one column too many");
        put_together(document, lines);
        return {RejectReason::wrong_width, RejectReason::wrong_width};
    }

    bool add_undecodable_row(std::string& document, const EntityDefinition& entity, const Fields& like,
                             const std::string& column) const override {
        return copy_row(document, entity, like, {{column, "\x81"}});  // a byte Windows-1252 leaves undefined
    }

  private:
    using Lines = std::vector<std::string>;

    static Lines take_apart(const std::string& document) {
        Lines lines;
        for (std::size_t at = 0; at < document.size();) {
            const std::size_t end = std::min(document.find('\n', at), document.size());
            std::string line = document.substr(at, end - at);
            if (line.ends_with('\r')) line.pop_back();
            lines.push_back(std::move(line));
            at = end + 1;
        }
        return lines;
    }

    static void put_together(std::string& document, const Lines& lines) {
        document.clear();
        for (const std::string& line : lines) document += line + "\r\n";
    }

    static std::pair<std::size_t, std::size_t> extent(const EntityDefinition& entity, const std::string& column) {
        const auto at = std::find(entity.columns.begin(), entity.columns.end(), column) - entity.columns.begin();
        const auto& [start, width] = entity.column_extents.at(static_cast<std::size_t>(at));
        return {start - 1, width};
    }

    static Lines::const_iterator find(const Lines& lines, const EntityDefinition& entity, const Fields& like) {
        return std::find_if(lines.begin(), lines.end(), [&](const std::string& line) {
            return std::all_of(like.begin(), like.end(), [&](const auto& field) {
                const auto [begin, width] = extent(entity, field.first);
                if (line.size() < begin + width) return false;
                std::string value = line.substr(begin, width);
                value.erase(value.find_last_not_of(' ') + 1);
                value.erase(0, value.find_first_not_of(' '));
                return value == field.second;
            });
        });
    }
};

}  // namespace

std::unique_ptr<DocumentEditor> make_fixed_width_editor(const ConnectorDefinition&) {
    return std::make_unique<FixedWidthEditor>();
}

}  // namespace caseweave::conformance
