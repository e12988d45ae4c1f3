#include "attest/pack_manifest.hpp"

#include <fmt/core.h>
#include <simdjson.h>

#include <algorithm>
#include <set>

#include "core/error.hpp"
#include "core/json_text.hpp"

namespace caseweave {

namespace {

constexpr std::size_t kLongestName = 100;
constexpr std::size_t kDigestDigits = 64;

[[noreturn]] void refuse(const std::string& why) {
    throw Error(
        ErrorKind::integrity,
        fmt::format("{} is not that of a pack: {}; ask whoever sent the pack for it again", kManifestFile, why));
}

std::string text_of(simdjson::dom::object object, const char* member) {
    std::string_view text;
    if (object[member].get(text) != simdjson::SUCCESS) refuse(fmt::format("it has no text \"{}\"", member));
    return std::string(text);
}

std::int64_t number_of(simdjson::dom::object object, const char* member) {
    std::int64_t number = 0;
    if (object[member].get(number) != simdjson::SUCCESS || number < 0)
        refuse(fmt::format("it has no number \"{}\"", member));
    return number;
}

/// Refuses members beyond those that are read, and the same one twice, of which readers might take different ones.
void require_members(simdjson::dom::object object, std::size_t expected) {
    std::set<std::string_view> names;
    std::size_t members = 0;
    for (const auto& member : object) {
        ++members;
        names.insert(member.key);
    }
    if (members != expected || names.size() != expected)
        refuse(fmt::format("it has {} members where {} belong", members, expected));
}

bool is_digest(std::string_view text) {
    return text.size() == kDigestDigits &&
           std::ranges::all_of(text, [](char c) { return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f'); });
}

PackFile file_of(simdjson::dom::element entry) {
    simdjson::dom::object object;
    if (entry.get(object) != simdjson::SUCCESS) refuse("a file of it is no object");
    require_members(object, 3);
    PackFile file{text_of(object, "name"), text_of(object, "sha256"),
                  static_cast<std::uint64_t>(number_of(object, "bytes"))};
    if (!is_pack_file_name(file.name)) refuse("it names a file with a path, or by a name that no file of a pack has");
    if (!is_digest(file.sha256)) refuse("it names " + file.name + " without its SHA-256");
    return file;
}

}  // namespace

bool is_pack_file_name(std::string_view name) noexcept {
    const auto fits = [](char c) {
        return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' || c == '-' ||
               c == '.';
    };
    return !name.empty() && name.size() <= kLongestName && name.front() != '.' && std::ranges::all_of(name, fits) &&
           name != kManifestFile && name != kSignatureFile;
}

std::string write_manifest(const PackManifest& manifest) {
    std::string json = fmt::format(
        "{{\n \"format\": {},\n \"program\": {},\n \"run\": {},\n \"target\": {},\n \"made_at\": {},\n"
        " \"digest_key\": {},\n \"public_key\": {},\n \"files\": [",
        PackManifest::kFormat, json_text(manifest.program), manifest.run, json_text(manifest.target),
        json_text(manifest.made_at), json_text(manifest.digest_key), json_text(manifest.public_key));
    for (std::size_t i = 0; i < manifest.files.size(); ++i) {
        const PackFile& file = manifest.files[i];
        json += fmt::format("{}\n  {{\"name\": {}, \"sha256\": \"{}\", \"bytes\": {}}}", i == 0 ? "" : ",",
                            json_text(file.name), file.sha256, file.bytes);
    }
    return json + "\n ]\n}\n";
}

PackManifest read_manifest(std::string_view json) {
    if (json.size() > kLargestManifest) refuse("it is too large");
    simdjson::dom::parser parser(kLargestManifest);
    simdjson::dom::object object;
    if (parser.parse(simdjson::padded_string(json)).get(object) != simdjson::SUCCESS)
        refuse("it is no JSON object, or was cut off");
    std::int64_t format = 0;
    if (object["format"].get(format) == simdjson::SUCCESS && format > PackManifest::kFormat)
        throw Error(ErrorKind::integrity, fmt::format("the pack has format {}, and this program knows {}: verify it "
                                                      "with the version that made it",
                                                      format, PackManifest::kFormat));
    require_members(object, 8);
    if (number_of(object, "format") != PackManifest::kFormat) refuse("its format is unknown");
    PackManifest manifest;
    manifest.program = text_of(object, "program");
    manifest.run = number_of(object, "run");
    manifest.target = text_of(object, "target");
    manifest.made_at = text_of(object, "made_at");
    manifest.digest_key = text_of(object, "digest_key");
    manifest.public_key = text_of(object, "public_key");
    simdjson::dom::array files;
    if (object["files"].get(files) != simdjson::SUCCESS) refuse("it lists no files");
    std::set<std::string> names;
    for (const simdjson::dom::element entry : files) {
        if (manifest.files.size() == kMostPackFiles) refuse(fmt::format("it lists more than {} files", kMostPackFiles));
        manifest.files.push_back(file_of(entry));
        if (!names.insert(manifest.files.back().name).second)
            refuse("it lists " + manifest.files.back().name + " twice");
    }
    if (!names.contains(std::string(kPublicKeyFile))) refuse("it does not list " + std::string(kPublicKeyFile));
    return manifest;
}

}  // namespace caseweave
