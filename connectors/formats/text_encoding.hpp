#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "connectors/formats/document_window.hpp"
#include "core/arena.hpp"
#include "settings/toml_table.hpp"

namespace caseweave {

/// Lists the encodings a text file can be declared to be in.
enum class TextEncoding : std::uint8_t { utf8, windows1252 };

/// Reads the setting `key`; anything but "utf-8" and "windows-1252" is a SettingsError.
TextEncoding encoding_setting(const TomlTable& settings, std::string_view key, TextEncoding fallback);

/// Passes over the byte order mark of UTF-8 that a document may begin with.
/// @throws Error(source) that names the document where it is UTF-16, with a mark or, by its zero bytes, without.
void begin_text(DocumentWindow& window, const std::string& name);

/// Finds the first byte that is not in `encoding` or is NUL, which PostgreSQL text cannot hold; npos when all are well.
std::size_t find_undecodable(std::string_view bytes, TextEncoding encoding) noexcept;

/// Remembers which stretch of a document needs no look at single fields: no NUL, and valid UTF-8 (or only ASCII, for
/// Windows-1252). One pass over 32 KB is far cheaper than one call a field.
class CleanStretch {
  public:
    explicit CleanStretch(TextEncoding encoding) : encoding_(encoding) {}
    /// Tells whether `record`, which stands at `offset` of the document at the front of `following`, is clean as it is.
    bool covers(std::string_view record, std::uint64_t offset, std::string_view following) noexcept;

  private:
    bool is_clean(std::string_view bytes) const noexcept;
    TextEncoding encoding_;
    std::uint64_t clean_until_ = 0;
    std::uint64_t dirty_until_ = 0;
};

/// Stores `bytes` as UTF-8 in `arena`. They must hold nothing find_undecodable finds.
std::string_view store_decoded(std::string_view bytes, TextEncoding encoding, Arena& arena, std::string& scratch);

}  // namespace caseweave
