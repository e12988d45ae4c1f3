#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace simulate {

/// Reads the value of `updated_since=`: "2026-03-31T20:00:00", with or without a Z. Gives it without; nullopt for
/// anything else.
std::optional<std::string> read_since(std::string_view text);

/// Tells whether a record, a JSON object as text, was saved at that time or later: by its own updatedAt or uploadedAt.
/// A record without either, broken ones included, always was: nobody can tell.
bool is_updated_since(std::string_view record, std::string_view since);

}  // namespace simulate
