#include <fnmatch.h>
#include <openssl/evp.h>

#include <algorithm>
#include <array>
#include <fstream>
#include <functional>
#include <iterator>
#include <stdexcept>

#include "conformance/document_editor.hpp"
#include "conformance/drop_manifest_file.hpp"
#include "support/temporary_folder.hpp"
#include "support/tls_server.hpp"

namespace caseweave::conformance {

namespace {

std::string read_bytes(const std::filesystem::path& file) {
    std::ifstream in(file, std::ios::binary);
    return {std::istreambuf_iterator<char>(in), std::istreambuf_iterator<char>()};
}

std::unique_ptr<DocumentEditor> make_editor(const ConnectorDefinition& connector) {
    const std::string& format = connector.format;
    if (format == "delimited") return make_delimited_editor(connector);
    if (format == "fixed_width") return make_fixed_width_editor(connector);
    if (format == "xml") return make_xml_editor(connector);
    if (format == "json") return make_json_editor(connector);
    if (format == "xlsx") return make_xlsx_editor(connector);
    throw std::runtime_error("the conformance test cannot edit documents of format " + format);
}

/// Documents of testdata/, by file name.
class DocumentData : public SourceData {
  public:
    explicit DocumentData(const ConnectorDefinition& connector)
        : connector_(&connector), editor_(make_editor(connector)) {
        const std::string manifest = connector.transport_settings.string("manifest", "manifest.csv");
        for (const auto& entry : std::filesystem::directory_iterator(connector.folder / "testdata")) {
            const std::string name = entry.path().filename().string();
            if (name != manifest) documents_[name] = read_bytes(entry.path());
        }
    }

    bool settable(const EntityDefinition& entity, const std::string& column) const override {
        return editor_->settable(entity, column);
    }
    bool can_drop(const EntityDefinition& entity, const std::string& column) const override {
        return editor_->can_drop(entity, column);
    }
    void add_column(const EntityDefinition& entity, const std::string& name, const std::string& value) override {
        for (std::string* document : documents_of(entity)) editor_->add_column(*document, entity, name, value);
    }
    void drop_column(const EntityDefinition& entity, const std::string& column) override {
        for (std::string* document : documents_of(entity)) editor_->drop_column(*document, entity, column);
    }
    void remove_all_rows() override {
        for (auto& [name, document] : documents_) {
            std::vector<const EntityDefinition*> entities;
            for (const EntityDefinition& entity : connector_->entities) {
                if (brings(name, entity)) entities.push_back(&entity);
            }
            editor_->remove_all_rows(document, entities);
        }
    }
    void copy_row(const EntityDefinition& entity, const Fields& like, const Fields& changes) override {
        for (std::string* document : documents_of(entity)) {
            if (editor_->copy_row(*document, entity, like, changes)) return;
        }
        throw std::runtime_error("entity " + entity.name + " has no such row in its test data");
    }
    std::vector<RejectReason> add_unreadable_rows(const EntityDefinition& entity, const Fields& like) override {
        for (std::string* document : documents_of(entity)) {
            auto reasons = editor_->add_unreadable_rows(*document, entity, like);
            if (!reasons.empty()) return reasons;
        }
        return {};
    }
    bool add_undecodable_row(const EntityDefinition& entity, const Fields& like, const std::string& column) override {
        for (std::string* document : documents_of(entity)) {
            if (editor_->add_undecodable_row(*document, entity, like, column)) return true;
        }
        return false;
    }
    bool damage_document(const EntityDefinition& entity) override {
        const auto documents = documents_of(entity);
        return !documents.empty() && editor_->damage_document(*documents.front(), entity);
    }

  protected:
    /// Tells whether an entity is read from a document.
    virtual bool brings(const std::string& document, const EntityDefinition& entity) const = 0;

    const ConnectorDefinition& connector() const noexcept { return *connector_; }
    const DocumentEditor& editor() const noexcept { return *editor_; }
    const std::map<std::string, std::string>& documents() const noexcept { return documents_; }

  private:
    std::vector<std::string*> documents_of(const EntityDefinition& entity) {
        std::vector<std::string*> found;
        for (auto& [name, document] : documents_) {
            if (brings(name, entity)) found.push_back(&document);
        }
        return found;
    }

    const ConnectorDefinition* connector_;
    std::unique_ptr<DocumentEditor> editor_;
    std::map<std::string, std::string> documents_;
};

class DropData final : public DocumentData {
  public:
    using DocumentData::DocumentData;

    std::unique_ptr<StagedSource> stage() const override {
        const auto folder = std::make_shared<testing::TemporaryFolder>();
        for (auto [name, document] : documents()) {
            editor().seal(document);
            folder->write(name, document);
        }
        write_manifest(connector(), folder->path());
        auto staged = std::make_unique<StagedSource>();
        staged->settings = "folder = \"" + folder->path().string() + "\"\n";
        staged->folder = folder->path();
        staged->owned = {folder};
        return staged;
    }

  protected:
    bool brings(const std::string& document, const EntityDefinition& entity) const override {
        return ::fnmatch(entity.resource.c_str(), document.c_str(), 0) == 0;
    }
};

std::string base64(const std::string& text) {
    std::string encoded(4 * ((text.size() + 2) / 3) + 1, '\0');
    const int size =
        EVP_EncodeBlock(reinterpret_cast<unsigned char*>(encoded.data()),
                        reinterpret_cast<const unsigned char*>(text.data()), static_cast<int>(text.size()));
    encoded.resize(static_cast<std::size_t>(size));
    return encoded;
}

/// Answers as a REST service does: tokens, health, resources page by page or whole.
class Service {
  public:
    std::string token_path, health_path, secret;
    std::map<std::string, std::vector<std::string>> resources;  ///< path -> pages, or the one export

    testing::TlsReply answer(const testing::TlsRequest& request) const {
        const std::size_t mark = std::min(request.target.find('?'), request.target.size());
        const std::string path = request.target.substr(0, mark);
        if (path == token_path) return {give_token(request)};
        if (path == health_path) return {testing::http_response(200, "{\"status\":\"ok\"}")};
        const auto authorization = request.headers.find("authorization");
        if (authorization == request.headers.end() || authorization->second != "Bearer token-of-the-test")
            return {testing::http_response(401, "{\"error\":\"invalid_token\"}")};
        const auto resource = resources.find(path);
        if (resource == resources.end()) return {testing::http_response(404, "{\"error\":\"not_found\"}")};
        const std::size_t cursor = request.target.find("=page-", mark);
        const std::size_t page = cursor == std::string::npos ? 0 : std::stoul(request.target.substr(cursor + 6));
        return {testing::http_response(200, resource->second.at(page))};
    }

  private:
    std::string give_token(const testing::TlsRequest& request) const {
        const auto given = request.headers.find("authorization");
        if (given == request.headers.end() || given->second != "Basic " + base64("conformance:" + secret))
            return testing::http_response(401, "{\"error\":\"invalid_client\"}");
        return testing::http_response(
            200, "{\"access_token\":\"token-of-the-test\",\"token_type\":\"Bearer\",\"expires_in\":3600}");
    }
};

class ServiceData final : public DocumentData {
  public:
    using DocumentData::DocumentData;

    std::unique_ptr<StagedSource> stage() const override {
        const TomlTable& settings = connector().transport_settings;
        auto staged = std::make_unique<StagedSource>();
        auto service = std::make_shared<Service>();
        service->token_path = settings.string("token_path", "/oauth/token");
        service->health_path = settings.string("health_path", "");
        service->secret = staged->secret;
        for (const EntityDefinition& entity : connector().entities) {
            for (auto [name, document] : documents()) {
                if (!brings(name, entity)) continue;
                std::vector<std::string> pages = {document};
                if (settings.string("paging", "cursor") == "cursor") pages = editor().pages(document, entity);
                for (std::string& page : pages) editor().seal(page);
                service->resources[entity.resource] = std::move(pages);
            }
        }
        static testing::TestAuthority authority;
        static const testing::CertificateFiles certificate = authority.issue("localhost");
        const auto server = std::make_shared<testing::TlsServer>(
            certificate, [service](const testing::TlsRequest& request) { return service->answer(request); });
        staged->settings =
            "url = \"" + server->url() + "\"\nca_file = \"" + authority.ca_file() + "\"\nclient_id = \"conformance\"\n";
        staged->owned = {server};
        return staged;
    }

  protected:
    bool brings(const std::string& document, const EntityDefinition& entity) const override {
        return std::filesystem::path(document).stem() == std::filesystem::path(entity.resource).stem();
    }
};

std::string sha256_of(const std::string& bytes) {
    std::array<unsigned char, 32> digest{};
    unsigned size = 0;
    EVP_Digest(bytes.data(), bytes.size(), digest.data(), &size, EVP_sha256(), nullptr);
    std::string hex;
    for (const unsigned char byte : digest) {
        hex += "0123456789abcdef"[byte >> 4U];
        hex += "0123456789abcdef"[byte & 15U];
    }
    return hex;
}

}  // namespace

std::string manifest_name(const ConnectorDefinition& connector) {
    return connector.transport_settings.string("manifest", "manifest.csv");
}

void write_manifest(const ConnectorDefinition& connector, const std::filesystem::path& folder) {
    const std::string manifest = manifest_name(connector);
    if (manifest.empty()) return;
    std::string text = "file,bytes,rows,sha256\n";
    for (const auto& entry : std::filesystem::directory_iterator(folder)) {
        const std::string name = entry.path().filename().string();
        if (name == manifest) continue;
        const std::string bytes = read_bytes(entry.path());
        text += name + "," + std::to_string(bytes.size()) + ",," + sha256_of(bytes) + "\n";
    }
    std::ofstream(folder / manifest, std::ios::binary) << text;
}

std::unique_ptr<SourceData> load_documents(const ConnectorDefinition& connector) {
    if (connector.transport == "file_drop") return std::make_unique<DropData>(connector);
    if (connector.transport == "https") return std::make_unique<ServiceData>(connector);
    throw std::runtime_error("no stand-in for documents read through " + connector.transport);
}

}  // namespace caseweave::conformance
