#include <algorithm>
#include <stdexcept>

#include "conformance/document_editor.hpp"
#include "conformance/xml_tree.hpp"
#include "conformance/zip_package.hpp"

namespace caseweave::conformance {

namespace {

/// "AB12" -> "AB".
std::string letters_of(const std::string& cell) {
    return cell.substr(0, cell.find_first_of("0123456789"));
}

std::string next_letters(std::string letters) {
    for (std::size_t i = letters.size(); i-- > 0;) {
        if (letters[i] != 'Z') {
            ++letters[i];
            return letters;
        }
        letters[i] = 'A';
    }
    return "A" + letters;
}

/// One sheet of an unpacked workbook, written back on demand.
class Sheet {
  public:
    Sheet(const std::string& document, const std::string& name) : parts_(unpack(document)) {
        const XmlTree workbook = parse_tree(part_named(parts_, "xl/workbook.xml"));
        xmlNode* const sheets = child_of(xmlDocGetRootElement(workbook.get()), "sheets");
        std::size_t number = 0;
        for (xmlNode* sheet : children_of(sheets, "sheet")) {
            ++number;
            if (attribute_of(sheet, "name") == name) part_ = "xl/worksheets/sheet" + std::to_string(number) + ".xml";
        }
        if (part_.empty()) return;
        tree_ = parse_tree(part_named(parts_, part_));
        data_ = child_of(xmlDocGetRootElement(tree_.get()), "sheetData");
        const XmlTree strings = parse_tree(part_named(parts_, "xl/sharedStrings.xml"));
        for (xmlNode* item : children_of(xmlDocGetRootElement(strings.get()), "si")) strings_.push_back(content(item));
        rows_ = children_of(data_, "row");
    }

    bool exists() const noexcept { return tree_ != nullptr; }
    xmlNode* header() const { return rows_.at(0); }
    std::vector<xmlNode*> records() const { return {rows_.begin() + 1, rows_.end()}; }
    xmlNode* data() const noexcept { return data_; }
    ZipParts& parts() noexcept { return parts_; }
    const std::string& part() const noexcept { return part_; }

    std::string write() {
        part_named(parts_, part_) = write_tree(tree_);
        return pack(parts_);
    }

    /// Letters of the column with a heading; "" when there is none.
    std::string letters(const std::string& heading) const {
        for (xmlNode* cell : children_of(header(), "c")) {
            if (text(cell) == heading) return letters_of(attribute_of(cell, "r"));
        }
        return {};
    }

    std::string letters_after_last() const {
        return next_letters(letters_of(attribute_of(children_of(header(), "c").back(), "r")));
    }

    xmlNode* cell(xmlNode* row, const std::string& letters) const {
        for (xmlNode* cell : children_of(row, "c")) {
            if (letters_of(attribute_of(cell, "r")) == letters) return cell;
        }
        return nullptr;
    }

    std::string text(xmlNode* cell) const {
        const std::string type = attribute_of(cell, "t");
        if (type == "inlineStr") return content(cell);
        xmlNode* const value = child_of(cell, "v");
        const std::string stored = value == nullptr ? std::string() : content(value);
        return type == "s" ? strings_.at(std::stoul(stored)) : stored;
    }

    /// Sets a cell to a text; "" takes it away.
    void set(xmlNode* row, const std::string& letters, const std::string& text) const {
        if (xmlNode* old = cell(row, letters)) remove_node(old);
        if (text.empty()) return;
        xmlNode* const made = add_child(row, "c");
        set_attribute(made, "r", letters + attribute_of(row, "r"));
        set_attribute(made, "t", "inlineStr");
        add_child(add_child(made, "is"), "t", text);
        // Cells stand in the order of their columns.
        xmlNode* after = nullptr;
        for (xmlNode* other : children_of(row, "c")) {
            const std::string name = letters_of(attribute_of(other, "r"));
            const bool before = name.size() != letters.size() ? name.size() < letters.size() : name < letters;
            if (before) after = other;
        }
        if (after != nullptr) {
            xmlAddNextSibling(after, made);
        } else if (row->children != made) {
            xmlAddPrevSibling(row->children, made);
        }
    }

    xmlNode* copy(xmlNode* row) {
        const std::string number = std::to_string(std::stoul(attribute_of(rows_.back(), "r")) + 1);
        xmlNode* const made = xmlCopyNode(row, 1);
        set_attribute(made, "r", number);
        for (xmlNode* one : children_of(made, "c"))
            set_attribute(one, "r", letters_of(attribute_of(one, "r")) + number);
        xmlAddChild(data_, made);
        rows_.push_back(made);
        return made;
    }

  private:
    static std::string content(xmlNode* node) {
        xmlChar* const text = xmlNodeGetContent(node);
        std::string copy = reinterpret_cast<const char*>(text);
        xmlFree(text);
        return copy;
    }

    ZipParts parts_;
    std::string part_;
    XmlTree tree_;
    xmlNode* data_ = nullptr;
    std::vector<xmlNode*> rows_;
    std::vector<std::string> strings_;
};

class XlsxEditor final : public DocumentEditor {
  public:
    bool settable(const EntityDefinition&, const std::string&) const override { return true; }

    void add_column(std::string& document, const EntityDefinition& entity, const std::string& name,
                    const std::string& value) const override {
        Sheet sheet(document, entity.record);
        if (!sheet.exists() || !sheet.letters(name).empty()) return;
        const std::string letters = sheet.letters_after_last();
        sheet.set(sheet.header(), letters, name);
        for (xmlNode* row : sheet.records()) sheet.set(row, letters, value);
        document = sheet.write();
    }

    void drop_column(std::string& document, const EntityDefinition& entity, const std::string& column) const override {
        Sheet sheet(document, entity.record);
        if (!sheet.exists()) return;
        const std::string letters = sheet.letters(column);
        if (letters.empty()) return;
        sheet.set(sheet.header(), letters, {});
        for (xmlNode* row : sheet.records()) sheet.set(row, letters, {});
        document = sheet.write();
    }

    void remove_all_rows(std::string& document, const std::vector<const EntityDefinition*>& entities) const override {
        for (const EntityDefinition* entity : entities) {
            Sheet sheet(document, entity->record);
            if (!sheet.exists()) continue;
            for (xmlNode* row : sheet.records()) remove_node(row);
            document = sheet.write();
        }
    }

    bool copy_row(std::string& document, const EntityDefinition& entity, const Fields& like,
                  const Fields& changes) const override {
        Sheet sheet(document, entity.record);
        xmlNode* const found = sheet.exists() ? find(sheet, like) : nullptr;
        if (found == nullptr) return false;
        xmlNode* const copy = sheet.copy(found);
        for (const auto& [column, value] : changes) sheet.set(copy, sheet.letters(column), value);
        document = sheet.write();
        return true;
    }

    std::vector<RejectReason> add_unreadable_rows(std::string& document, const EntityDefinition& entity,
                                                  const Fields& like) const override {
        Sheet sheet(document, entity.record);
        xmlNode* const found = sheet.exists() ? find(sheet, like) : nullptr;
        if (found == nullptr) return {};
        sheet.set(sheet.copy(found), next_letters(sheet.letters_after_last()), "beyond the headings");
        document = sheet.write();
        return {RejectReason::wrong_width};
    }

    bool add_undecodable_row(std::string&, const EntityDefinition&, const Fields&, const std::string&) const override {
        return false;  // a workbook is XML: a bad byte costs the sheet
    }

    bool damage_document(std::string& document, const EntityDefinition& entity) const override {
        Sheet sheet(document, entity.record);
        if (!sheet.exists()) return false;
        std::string& text = part_named(sheet.parts(), sheet.part());
        text.insert(text.rfind("</row>"), "\x81");
        document = pack(sheet.parts());
        return true;
    }

  private:
    static xmlNode* find(const Sheet& sheet, const Fields& like) {
        for (xmlNode* row : sheet.records()) {
            const bool same = std::all_of(like.begin(), like.end(), [&](const auto& field) {
                xmlNode* const cell = sheet.cell(row, sheet.letters(field.first));
                if (cell == nullptr) return false;
                // A date cell holds a number that reads as a date by its style alone.
                return sheet.text(cell) == field.second || !attribute_of(cell, "s").empty();
            });
            if (same) return row;
        }
        return nullptr;
    }
};

}  // namespace

std::unique_ptr<DocumentEditor> make_xlsx_editor(const ConnectorDefinition&) {
    return std::make_unique<XlsxEditor>();
}

}  // namespace caseweave::conformance
