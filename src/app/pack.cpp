#include <fcntl.h>
#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>

#include "app/commands.hpp"
#include "app/job/digest_key_file.hpp"
#include "app/job/prepared_job.hpp"
#include "app/job/viewer.hpp"
#include "app/pack/pack_account.hpp"
#include "app/pack/pack_page.hpp"
#include "app/pack/pdf_page.hpp"
#include "app/writing/output_file.hpp"
#include "attest/pack_check.hpp"
#include "core/error.hpp"
#include "core/log.hpp"

namespace caseweave {

namespace {

/// Holds the folder of a pack while it is made, under another name: it is there whole or not at all.
class PackFolder {
  public:
    explicit PackFolder(const std::filesystem::path& folder)
        : folder_(std::filesystem::absolute(folder).lexically_normal()) {
        if (folder_.filename().empty()) folder_ = folder_.parent_path();
        if (std::filesystem::exists(std::filesystem::symlink_status(folder_)))
            throw Error(ErrorKind::usage, fmt::format("--out {} is there already, and no pack is written over: name a "
                                                      "folder that is not",
                                                      folder.string()));
        part_ = folder_.string() + fmt::format(".{}.part", ::getpid());
        if (::mkdir(part_.c_str(), 0700) != 0) fail();
    }
    PackFolder(const PackFolder&) = delete;
    PackFolder& operator=(const PackFolder&) = delete;
    ~PackFolder() {
        std::error_code ignored;
        if (!part_.empty()) std::filesystem::remove_all(part_, ignored);
    }

    const std::filesystem::path& part() const noexcept { return part_; }
    const std::filesystem::path& path() const noexcept { return folder_; }
    void write(std::string_view name, std::string_view content) {
        OutputFile file(part_ / name, {});
        file.write(content);
        file.finish();
    }
    /// Gives the names of what is in it, sorted.
    std::vector<std::string> names() const {
        std::vector<std::string> names;
        for (const auto& entry : std::filesystem::directory_iterator(part_))
            names.push_back(entry.path().filename().string());
        std::ranges::sort(names);
        return names;
    }
    void finish() {
        const int descriptor = ::open(part_.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
        if (descriptor >= 0) {
            ::fsync(descriptor);
            ::close(descriptor);
        }
        // Not over what has come there meanwhile, not even an empty folder.
        if (::renameat2(AT_FDCWD, part_.c_str(), AT_FDCWD, folder_.c_str(), RENAME_NOREPLACE) != 0) fail();
        part_.clear();
    }

  private:
    [[noreturn]] void fail() const {
        throw Error(ErrorKind::usage,
                    fmt::format("cannot make the pack {}: {}", folder_.string(), std::strerror(errno)));
    }

    std::filesystem::path folder_, part_;
};

void write_table(PackFolder& folder, const PackTable& table) {
    OutputFile file(folder.part() / table.file, {});
    CsvWriter writer(file);
    const auto write_row = [&](const std::vector<std::string>& row) {
        for (const std::string& field : row) writer.field(field);
        writer.end_row();
    };
    write_row(table.titles);
    for (const auto& row : table.rows) write_row(row);
    file.finish();
}

Job job_of(const StateFolder& state) {
    const auto command = MigrationCommand::load(state);
    if (!command) state.refuse_as_unused();
    return job_for_viewing(*command, state);
}

void sign(PackFolder& folder, const SigningKey& key, PackManifest manifest) {
    folder.write(kPublicKeyFile, key.public_key().pem());
    manifest.public_key = key.public_key().pem();
    for (const std::string& name : folder.names()) manifest.files.push_back(digest_pack_file(folder.part(), name));
    const std::string json = write_manifest(manifest);
    folder.write(kManifestFile, json);
    folder.write(kSignatureFile, key.sign(json));
}

void print_pdf(PackFolder& folder, const std::string& html) {
    std::string why;
    if (print_page(html, folder.part() / "pack.pdf", why).empty())
        log::warning("pack.pdf is not made: {}; index.html prints from any browser", why);
}

}  // namespace

ExitCode run_pack(const PackOptions& options) {
    Asking asking{options.role, options.purpose, "pack", "reconciliation pack"};
    require_asking(asking);
    if (!sees_all_areas(options.role))
        throw Error(ErrorKind::usage,
                    "a pack speaks of every service area: make it --as data_quality, restricted or "
                    "sealed, not " +
                        options.role);
    const SigningKey key = SigningKey::load(options.key);
    const auto state = StateFolder::of_earlier_run(options.state);
    JobSources sources = JobSources::described(job_of(state));
    PackFolder folder(options.folder);
    const DigestKey digest_key =
        options.digest_key.empty() ? open_digest_key(state) : read_digest_key(options.digest_key);
    const auto viewed = open_for_viewing(state);
    TargetConnection reader = connect_as(viewed->target, asking);
    Progress progress(options.quiet);
    const PackAccount account = read_pack_account(state, *viewed, sources, reader, digest_key, progress);
    asking.asked_for += fmt::format(" of run {}", account.report.run_id);
    record_access(reader, asking, true);

    const PackTables tables = make_pack_tables(account, RowOwners(state));
    for (const PackTable* table : tables.all()) write_table(folder, *table);
    const std::string html = render_pack_page(
        account, tables, {CASEWEAVE_VERSION, options.role, key.public_key().fingerprint(), digest_key.name()});
    folder.write("index.html", html);
    if (options.pdf) print_pdf(folder, html);
    PackManifest manifest;
    manifest.program = CASEWEAVE_VERSION;
    manifest.run = account.report.run_id;
    manifest.target = account.target;
    manifest.made_at = account.report.started;
    manifest.digest_key = digest_key.name();
    sign(folder, key, std::move(manifest));
    folder.finish();
    fmt::print("pack of run {}, {}: {}\nsigned by the key with fingerprint (SHA-256) {}\n", account.report.run_id,
               account.report.balanced() ? "balanced" : "NOT BALANCED", folder.path().string(),
               key.public_key().fingerprint());
    return account.report.balanced() ? ExitCode::done : ExitCode::unbalanced;
}

}  // namespace caseweave
