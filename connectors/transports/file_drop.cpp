#include "connectors/transports/file_drop.hpp"

#include <fcntl.h>
#include <strings.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <filesystem>
#include <map>
#include <mutex>
#include <optional>

#include "connectors/transports/delivered_names.hpp"
#include "connectors/transports/drop_manifest.hpp"
#include "connectors/transports/transport_settings.hpp"
#include "core/digest.hpp"
#include "core/error.hpp"
#include "core/shutdown.hpp"

namespace caseweave {

const std::vector<OptionDescriptor>& file_drop_options() {
    static const std::vector<OptionDescriptor> options = {
        {"folder", "string", "required", "Folder the files arrive in, or one file."},
        {"manifest", "string", "manifest.csv",
         "File with file,bytes,rows,sha256 of each file (rows may be left out); \"\" = none."},
        {"ignore", "strings", "", "Globs of files that are no part of the delivery."},
        {"unknown_files", "string", "stop",
         "What a file that no entity reads does: stop ends the run before anything is loaded, refuse passes it over "
         "and names it, unless its name is near one that is read."},
        {"optional_resources", "strings", "", "Globs of entities whose files may be missing."},
    };
    return options;
}

namespace {

namespace fs = std::filesystem;

bool is_any_of(const std::vector<std::string>& globs, const std::string& name) {
    return std::any_of(globs.begin(), globs.end(),
                       [&](const std::string& glob) { return is_delivered_as(glob, name); });
}

/// What a file was when it was verified; a file that is another one when it is read must not be loaded.
struct FileIdentity {
    ino_t inode = 0;
    off_t size = 0;
    timespec changed{};
    bool operator==(const FileIdentity& other) const noexcept {
        return inode == other.inode && size == other.size && changed.tv_sec == other.changed.tv_sec &&
               changed.tv_nsec == other.changed.tv_nsec;
    }
};

/// Owns the descriptor of one regular file that was not reached through a symbolic link.
class DropFile final : public ByteStream {
  public:
    DropFile(const fs::path& file, std::string name, std::optional<std::uint64_t> stated_rows = std::nullopt)
        : name_(std::move(name)), path_(file), stated_rows_(stated_rows) {
        descriptor_ = ::open(file.c_str(), O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK);
        if (descriptor_ < 0) {
            if (errno == ELOOP) throw Error(ErrorKind::source, path_ + " is a symbolic link; deliver the file itself");
            throw Error(ErrorKind::source, "cannot read " + path_ + ": " + std::strerror(errno));
        }
        struct stat status {};
        if (::fstat(descriptor_, &status) != 0 || !S_ISREG(status.st_mode)) {
            ::close(descriptor_);
            throw Error(ErrorKind::source, path_ + " is not a regular file");
        }
        identity_ = {status.st_ino, status.st_size, status.st_mtim};
        (void)::posix_fadvise(descriptor_, 0, 0, POSIX_FADV_SEQUENTIAL);
    }
    DropFile(const DropFile&) = delete;
    DropFile& operator=(const DropFile&) = delete;
    ~DropFile() override { ::close(descriptor_); }

    std::size_t read(std::span<char> buffer) override {
        for (;;) {
            const ssize_t got = ::read(descriptor_, buffer.data(), buffer.size());
            if (got >= 0) {
                offset_ += got;
                if (got == 0 && !buffer.empty()) require_unchanged();
                return static_cast<std::size_t>(got);
            }
            if (errno != EINTR) throw Error(ErrorKind::source, "cannot read " + path_ + ": " + std::strerror(errno));
        }
    }
    const std::string& name() const override { return name_; }
    std::string path() const override { return path_; }
    std::optional<std::uint64_t> stated_rows() const override { return stated_rows_; }
    const FileIdentity& identity() const noexcept { return identity_; }

  private:
    /// At the end: what was read before it was written over belongs to another file than the rest.
    void require_unchanged() const {
        if (offset_ < identity_.size)
            throw Error(ErrorKind::integrity, path_ + " became shorter while it was read; deliver it again");
        struct stat status {};
        if (::fstat(descriptor_, &status) == 0 &&
            !(FileIdentity{status.st_ino, status.st_size, status.st_mtim} == identity_))
            throw Error(ErrorKind::integrity,
                        path_ + " was written to while it was read; run again when the delivery is complete");
    }

    std::string name_;
    std::string path_;
    std::optional<std::uint64_t> stated_rows_;
    int descriptor_ = -1;
    off_t offset_ = 0;
    FileIdentity identity_;
};

/// Remembers what verify() saw; asked by every thread that opens a file.
class VerifiedFiles {
  public:
    void remember(const std::string& name, const FileIdentity& identity,
                  std::optional<std::uint64_t> stated_rows = std::nullopt) {
        const std::lock_guard lock(mutex_);
        files_[name] = {identity, stated_rows};
    }
    /// Opens a file, which must be the one that was verified, where verify() has seen it.
    std::unique_ptr<DropFile> open(const fs::path& folder, const std::string& name) const {
        const std::lock_guard lock(mutex_);
        const auto found = files_.find(name);
        const bool seen = found != files_.end();
        auto file = std::make_unique<DropFile>(folder / name, name, seen ? found->second.stated_rows : std::nullopt);
        if (seen && !(found->second.identity == file->identity())) {
            throw Error(
                ErrorKind::integrity,
                file->path() + " changed after its checksum was verified; run again when the delivery is complete");
        }
        return file;
    }

  private:
    struct Seen {
        FileIdentity identity;
        std::optional<std::uint64_t> stated_rows;
    };
    mutable std::mutex mutex_;
    std::map<std::string, Seen> files_;
};

class DropSequence final : public DocumentSequence {
  public:
    DropSequence(fs::path folder, std::vector<std::string> names, std::string last, const VerifiedFiles& verified)
        : folder_(std::move(folder)), names_(std::move(names)), last_(std::move(last)), verified_(&verified) {
        at_ = static_cast<std::size_t>(std::upper_bound(names_.begin(), names_.end(), last_) - names_.begin());
        if (last_.empty()) at_ = 0;
    }
    std::unique_ptr<ByteStream> next() override {
        if (at_ == names_.size()) return nullptr;
        last_ = names_[at_++];
        return verified_->open(folder_, last_);
    }
    std::string checkpoint() const override { return last_; }

  private:
    fs::path folder_;
    std::vector<std::string> names_;
    std::string last_;  // name of the last file returned; "" = none
    const VerifiedFiles* verified_;
    std::size_t at_ = 0;
};

class FileDropTransport final : public Transport {
  public:
    explicit FileDropTransport(const TransportContext& context) : system_(context.connector.name) {
        const TransportSettings settings(context, file_drop_options());
        folder_ = settings.string("folder");
        manifest_ = settings.string("manifest");
        ignore_ = settings.strings("ignore");
        optional_resources_ = settings.strings("optional_resources");
        const std::string unknown_files = settings.string("unknown_files");
        settings.finish();
        if (unknown_files != "stop" && unknown_files != "refuse") {
            throw Error(ErrorKind::usage, system_ + ": unknown_files must be \"stop\" or \"refuse\"");
        }
        refuses_unknown_files_ = unknown_files == "refuse";
        entities_ = &context.connector.entities;
        for (const EntityDefinition& entity : context.connector.entities) {
            const bool plain =
                !entity.resource.empty() && entity.resource.find('/') == std::string::npos && entity.resource != "..";
            if (!plain) {
                throw Error(ErrorKind::usage, (context.connector.folder / "connector.toml").string() + ": entity " +
                                                  entity.name +
                                                  ": resource must be a file name or glob inside the drop folder");
            }
        }
        if (folder_.has_filename() && fs::is_regular_file(fs::symlink_status(folder_))) {
            single_file_ = folder_.filename().string();
            folder_ = folder_.has_parent_path() ? folder_.parent_path() : fs::path(".");
            manifest_.clear();
        }
    }

    void check_reachable() override { (void)list_files(); }
    std::vector<CheckFinding> findings() override;
    void verify(const std::vector<EntityDefinition>& entities) override;
    std::unique_ptr<DocumentSequence> open_documents(const EntityDefinition& entity,
                                                     std::string_view checkpoint) override {
        return std::make_unique<DropSequence>(folder_, files_of(entity, list_files()), std::string(checkpoint),
                                              verified_);
    }
    std::optional<std::string> delivery_digest() override;
    bool yields_documents() const override { return true; }
    bool may_look_into_records() const override { return true; }

  private:
    /// Lists the delivery's files in name order, without the manifest and what is ignored.
    std::vector<std::string> list_files() const;
    std::vector<std::string> files_of(const EntityDefinition& entity, const std::vector<std::string>& names) const;
    bool is_read(const std::string& name) const;
    /// Says of a file that no entity reads which one it was probably meant to be, as the end of a sentence; "" where
    /// its name is near none. One that is missing is meant before one that is there.
    std::string meant_by(const std::string& name, const std::vector<std::string>& names) const;
    /// @throws SourceError where two names are one but for their letter case, or where a file that would be passed over
    /// was probably meant to be read.
    void require_clear(const std::vector<std::string>& names) const;
    void require_manifest(const std::vector<std::string>& names) const;
    void verify_file(const std::string& name, const ManifestEntry& entry);
    /// Makes the error of a file that is not what its manifest says.
    SourceError damaged(const std::string& name, const std::string& sentence) const;

    std::string system_;
    fs::path folder_;
    std::string single_file_;
    std::string manifest_;
    std::vector<std::string> ignore_, optional_resources_;
    VerifiedFiles verified_;
    bool refuses_unknown_files_ = false;
    const std::vector<EntityDefinition>* entities_ = nullptr;  // of the connector, which outlives its transport
};

std::vector<CheckFinding> FileDropTransport::findings() {
    std::vector<CheckFinding> found;
    const std::vector<std::string> names = list_files();
    require_clear(names);
    if (!refuses_unknown_files_) return found;
    for (const std::string& name : names) {
        if (!is_read(name))
            found.push_back({CheckFinding::Level::warning,
                             "refused file " + name + ": it is no file of this delivery, and nothing of it is loaded"});
    }
    return found;
}

bool FileDropTransport::is_read(const std::string& name) const {
    return std::any_of(entities_->begin(), entities_->end(),
                       [&](const EntityDefinition& entity) { return is_delivered_as(entity.resource, name); });
}

std::string FileDropTransport::meant_by(const std::string& name, const std::vector<std::string>& names) const {
    std::vector<std::string> missing, all;
    for (const EntityDefinition& entity : *entities_) {
        all.push_back(entity.resource);
        if (std::none_of(names.begin(), names.end(),
                         [&](const std::string& other) { return is_delivered_as(entity.resource, other); }))
            missing.push_back(entity.resource);
    }
    std::string meant = probably_meant(name, missing);
    if (meant.empty()) meant = probably_meant(name, all);
    return meant.empty() ? meant : ", and was probably meant to be " + meant;
}

void FileDropTransport::require_clear(const std::vector<std::string>& names) const {
    for (auto name = names.begin(); name != names.end(); ++name) {
        if (!is_read(*name)) {
            const std::string meant = refuses_unknown_files_ ? meant_by(*name, names) : std::string();
            if (meant.empty()) continue;
            throw damaged(*name, " is no file of this delivery" + meant +
                                     "; give it that name, or list it under ignore if it is to be left out");
        }
        const auto twin = std::find_if(names.begin(), name, [&](const std::string& other) {
            return ::strcasecmp(other.c_str(), name->c_str()) == 0;
        });
        if (twin != name)
            throw damaged(*twin, " and " + *name +
                                     " are one file of this delivery by their names, which differ in letter case only;"
                                     " leave the one that holds");
    }
}

std::vector<std::string> FileDropTransport::list_files() const {
    if (!single_file_.empty()) return {single_file_};
    std::error_code failure;
    std::vector<std::string> names;
    for (fs::directory_iterator it(folder_, failure), end; !failure && it != end; it.increment(failure)) {
        std::string name = it->path().filename().string();
        if (name == manifest_ || is_any_of(ignore_, name)) continue;
        names.push_back(std::move(name));
    }
    if (failure) {
        const bool missing = failure == std::errc::no_such_file_or_directory;
        throw Error(missing ? ErrorKind::unavailable : ErrorKind::source,
                    system_ + ": cannot read the drop folder " + folder_.string() + ": " + failure.message() +
                        "; check the path, its permissions and whether its share is mounted");
    }
    std::sort(names.begin(), names.end());
    return names;
}

std::vector<std::string> FileDropTransport::files_of(const EntityDefinition& entity,
                                                     const std::vector<std::string>& names) const {
    std::vector<std::string> found;
    for (const std::string& name : names) {
        if (is_delivered_as(entity.resource, name)) found.push_back(name);
    }
    const bool optional =
        std::find(optional_resources_.begin(), optional_resources_.end(), entity.resource) != optional_resources_.end();
    if (found.empty() && !optional) {
        std::string near;
        for (const std::string& name : names) {
            if (!is_read(name) && !probably_meant(name, {entity.resource}).empty())
                near += (near.empty() ? "; perhaps it is meant by " : ", ") + name;
        }
        throw SourceError(ErrorKind::integrity, system_, entity.name,
                          system_ + ": no file " + entity.resource + " (entity " + entity.name + ") in " +
                              folder_.string() + near +
                              "; the delivery is incomplete: have it sent, or list the name under optional_resources");
    }
    return found;
}

SourceError FileDropTransport::damaged(const std::string& name, const std::string& sentence) const {
    std::vector<std::string> readers;
    for (const EntityDefinition& entity : *entities_)
        if (is_delivered_as(entity.resource, name)) readers.push_back(entity.name);
    return {ErrorKind::integrity, system_, readers.size() == 1 ? readers.front() : std::string(),
            (folder_ / name).string() + sentence};
}

void FileDropTransport::require_manifest(const std::vector<std::string>& names) const {
    std::error_code failure;
    if (fs::exists(fs::symlink_status(folder_ / manifest_, failure))) return;
    const std::string near = probably_meant(manifest_, names);
    throw damaged(manifest_,
                  " is not there, and without it nobody knows whether the delivery is whole" +
                      (near.empty() ? "" : "; perhaps it is meant by " + near + ": give it that name") +
                      "; have it sent, or, where this system sends none, set manifest = \"\" under [system." + system_ +
                      ".transport] of the job");
}

void FileDropTransport::verify_file(const std::string& name, const ManifestEntry& entry) {
    DropFile file(folder_ / name, name);
    if (static_cast<std::uint64_t>(file.identity().size) != entry.bytes) {
        throw damaged(name, " has " + std::to_string(file.identity().size) + " bytes and the manifest promises " +
                                std::to_string(entry.bytes) + ": it is cut off or another one; have it sent again");
    }
    if (sha256_hex(file) != entry.sha256)
        throw damaged(name,
                      " does not have the SHA-256 of the manifest: it was damaged or changed; have it sent again");
    verified_.remember(name, file.identity(), entry.rows);
}

std::optional<std::string> FileDropTransport::delivery_digest() {
    constexpr std::size_t kChunkBytes = 1 << 20;  // digested at once: large files do not have to fit into memory
    std::string text;
    std::vector<char> chunk(kChunkBytes);
    for (const std::string& name : list_files()) {
        DropFile file(folder_ / name, name);
        text += name + '\0';
        for (std::size_t size = kChunkBytes; size == kChunkBytes;) {
            throw_if_shutdown_requested();
            size = 0;
            while (size < kChunkBytes) {
                const std::size_t got = file.read(std::span(chunk).subspan(size));
                if (got == 0) break;
                size += got;
            }
            text += to_hex(digest_bytes({chunk.data(), size}));
        }
    }
    return to_hex(digest_bytes(text));
}

void FileDropTransport::verify(const std::vector<EntityDefinition>& entities) {
    const std::vector<std::string> names = list_files();
    require_clear(names);
    for (const EntityDefinition& entity : entities) (void)files_of(entity, names);
    std::vector<ManifestEntry> entries;
    if (!manifest_.empty()) {
        require_manifest(names);
        DropFile manifest(folder_ / manifest_, manifest_);
        entries = read_manifest(manifest);
    }
    for (const std::string& name : names) {
        const bool wanted = std::any_of(entities.begin(), entities.end(),
                                        [&](const EntityDefinition& e) { return is_delivered_as(e.resource, name); });
        const bool declared =
            std::any_of(entries.begin(), entries.end(), [&](const ManifestEntry& e) { return e.file == name; });
        if (!manifest_.empty() && !declared) {
            throw damaged(name,
                          " is not in the manifest; remove it, list it under ignore, or have the manifest corrected");
        }
        if (!wanted && refuses_unknown_files_) continue;
        if (!wanted) {
            throw Error(ErrorKind::integrity, (folder_ / name).string() + " is a file that no entity of " + system_ +
                                                  " reads" + meant_by(name, names) +
                                                  "; remove it or list it under ignore");
        }
        if (manifest_.empty()) verified_.remember(name, DropFile(folder_ / name, name).identity());
    }
    for (const ManifestEntry& entry : entries) {
        if (is_any_of(ignore_, entry.file)) continue;
        if (!std::binary_search(names.begin(), names.end(), entry.file)) {
            throw Error(ErrorKind::integrity,
                        (folder_ / manifest_).string() + " lists " + entry.file +
                            ", which is not there; the delivery is incomplete, have it sent again");
        }
        verify_file(entry.file, entry);
    }
}

}  // namespace

std::unique_ptr<Transport> make_file_drop_transport(const TransportContext& context) {
    return std::make_unique<FileDropTransport>(context);
}

}  // namespace caseweave
