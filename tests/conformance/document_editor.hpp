#pragma once

#include <memory>
#include <string>
#include <vector>

#include "conformance/source_data.hpp"

namespace caseweave::conformance {

/// Changes documents of one format as SourceData asks. Stateless but for its settings.
class DocumentEditor {
  public:
    virtual ~DocumentEditor() = default;

    virtual bool settable(const EntityDefinition& entity, const std::string& column) const = 0;
    virtual bool can_drop(const EntityDefinition& entity, const std::string& column) const {
        return settable(entity, column);
    }
    virtual void add_column(std::string& document, const EntityDefinition& entity, const std::string& name,
                            const std::string& value) const = 0;
    virtual void drop_column(std::string& document, const EntityDefinition& entity,
                             const std::string& column) const = 0;
    virtual void remove_all_rows(std::string& document, const std::vector<const EntityDefinition*>& entities) const = 0;
    /// @return false when the document has no such row; it is unchanged then.
    virtual bool copy_row(std::string& document, const EntityDefinition& entity, const Fields& like,
                          const Fields& changes) const = 0;
    /// Adds unreadable rows like a row, which the document must hold.
    virtual std::vector<RejectReason> add_unreadable_rows(std::string& document, const EntityDefinition& entity,
                                                          const Fields& like) const = 0;
    virtual bool add_undecodable_row(std::string& document, const EntityDefinition& entity, const Fields& like,
                                     const std::string& column) const = 0;
    virtual bool damage_document(std::string&, const EntityDefinition&) const { return false; }
    /// Makes what the document says about itself true again (control totals), and gives it its final bytes.
    virtual void seal(std::string&) const {}
    /// Cuts a document into the pages of a service that pages by cursor; empty where the format has no pages.
    virtual std::vector<std::string> pages(const std::string&, const EntityDefinition&) const { return {}; }
};

/// Makes the editor of the connector's format; the definition must outlive it.
std::unique_ptr<DocumentEditor> make_delimited_editor(const ConnectorDefinition& connector);
std::unique_ptr<DocumentEditor> make_fixed_width_editor(const ConnectorDefinition& connector);
std::unique_ptr<DocumentEditor> make_xml_editor(const ConnectorDefinition& connector);
std::unique_ptr<DocumentEditor> make_json_editor(const ConnectorDefinition& connector);
std::unique_ptr<DocumentEditor> make_xlsx_editor(const ConnectorDefinition& connector);

}  // namespace caseweave::conformance
