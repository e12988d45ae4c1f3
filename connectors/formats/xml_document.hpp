#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "connectors/formats/xml_plan.hpp"
#include "core/field_view.hpp"
#include "core/reject.hpp"

namespace caseweave {

/// Bounds what one document may ask of memory.
struct XmlBounds {
    std::size_t max_depth = 64;
    std::size_t max_text_bytes = 1024 * 1024;
    std::size_t max_record_bytes = 16 * 1024 * 1024;
};

/// One value of a record: offsets into XmlDocumentReader::texts().
struct XmlCell {
    std::size_t column = 0;
    Missing missing = Missing::no;
    std::size_t begin = 0, end = 0;
};

/// One record of a document, or why it is rejected.
struct XmlRow {
    std::size_t cells_begin = 0, cells_end = 0;  ///< of cells()
    std::size_t texts_begin = 0, texts_end = 0;  ///< of texts()
    std::uint64_t line = 0;
    bool too_large = false;
    bool undecodable = false;    ///< a value holds bytes that are not in the encoding, as marks (xml_byte_marks.hpp)
    std::size_t bad_column = 0;  ///< the first such
};

/// Says who reads records. Parser alone is the slow obvious twin of the other: the rows are the same.
enum class XmlReading : std::uint8_t {
    plain_records_first,  ///< XmlPlainRecord those it can, once the parser stands between two, and the parser the rest
    parser_only,
};

/// Turns a document's bytes, given in pieces, into rows of cells (libxml2's SAX2 push interface).
///
/// Document types are refused where they start, so that no entity is ever declared, and nothing is fetched. Bytes that
/// are not in the encoding cost the record they stand in.
class XmlDocumentReader {
  public:
    /// Reads records. Extras are added to `columns` as they are met. Both must outlive it.
    XmlDocumentReader(const XmlPlan& plan, std::vector<std::string>& columns, const XmlBounds& bounds,
                      XmlReading reading = XmlReading::plain_records_first);
    /// Looks at well-formedness and counts records, without reading any; bytes outside of them that are not in the
    /// encoding are an Error(integrity). `places` must outlive it.
    XmlDocumentReader(const XmlRecordPlaces& places, const XmlBounds& bounds);
    ~XmlDocumentReader();

    /// Starts a document; `name` stands for it in errors.
    void start(const std::string& name);
    /// Parses a piece. @throws Error(integrity) with line when the document is not well-formed or over a bound.
    void parse(std::string_view piece);
    /// Ends the document. @throws Error(integrity) when it is cut off.
    void finish();

    /// Records completed since the last take(); views live until then.
    const std::vector<XmlRow>& rows() const noexcept;
    const XmlCell* cells() const noexcept;
    std::string_view texts() const noexcept;
    /// Forgets the completed records; one that is open stays.
    void take();

    /// Counts the records at the places given, those of all documents together.
    std::uint64_t counted() const noexcept;

    /// Tells whether the column at `index` has been met in any record so far.
    bool seen(std::size_t index) const noexcept;

  private:
    class Handler;
    std::unique_ptr<Handler> handler_;
};

}  // namespace caseweave
