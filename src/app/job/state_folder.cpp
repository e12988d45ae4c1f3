#include "app/job/state_folder.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <fstream>
#include <sstream>

#include "core/error.hpp"
#include "load/private_cluster.hpp"
#include "load/run_lock.hpp"

namespace caseweave {

namespace {

[[noreturn]] void fail(const std::string& what, const std::filesystem::path& path) {
    const int reason = errno;
    const bool not_allowed = reason == EACCES || reason == EPERM || reason == EROFS;
    throw Error(ErrorKind::usage,
                fmt::format("{} {}: {}{}", what, path.string(), std::strerror(reason),
                            not_allowed ? "; name another folder with --state, or have its owner run chown -R on this "
                                          "one for the account that runs caseweave"
                                        : ""));
}

}  // namespace

StateFolder::StateFolder(const std::filesystem::path& root) {
    std::error_code error;
    std::filesystem::create_directories(root, error);
    if (!error) root_ = std::filesystem::canonical(root, error);
    if (error) {
        errno = error.value();
        fail("cannot make the state folder", root);
    }
    take_possession();
}

StateFolder StateFolder::of_earlier_run(const std::filesystem::path& root, std::string_view advice) {
    StateFolder state;
    std::error_code error;
    state.root_ = std::filesystem::weakly_canonical(root, error);
    if (error) state.root_ = root;
    const bool there = std::filesystem::exists(state.root_, error);
    if (there) state.require_access();
    if (!there || (!std::filesystem::exists(state.command_file()) && !PrivateCluster::exists(state.root_)))
        state.refuse_as_unused(advice);
    state.take_possession();
    return state;
}

void StateFolder::refuse_as_unused(std::string_view advice) const {
    throw Error(ErrorKind::usage,
                fmt::format("{} has seen no run yet: {}, or name another --state", root_.string(), advice));
}

void StateFolder::take_possession() const {
    ::chmod(root_.c_str(), 0700);
    require_access();
}

void StateFolder::require_access() const {
    if (::access(root_.c_str(), R_OK | W_OK | X_OK) != 0) fail("cannot read and write the state folder", root_);
}

std::filesystem::path StateFolder::run(std::int64_t run_id) const {
    return make(root_ / "runs" / std::to_string(run_id));
}

std::filesystem::path StateFolder::refused_run() const {
    return make(root_ / "runs" / "refused");
}

std::filesystem::path StateFolder::plan() const {
    return make(root_ / "runs" / "plan");
}

std::filesystem::path StateFolder::reconciliation(std::int64_t run_id) const {
    return make(root_ / "runs" / std::to_string(run_id) / "reconciliation");
}

std::filesystem::path StateFolder::make(const std::filesystem::path& folder) {
    std::error_code error;
    std::filesystem::create_directories(folder, error);
    if (error) throw Error(ErrorKind::usage, "cannot make " + folder.string() + ": " + error.message());
    return folder;
}

StateLock::StateLock(const StateFolder& state, std::string_view command) {
    const std::filesystem::path file = state.root() / "lock";
    descriptor_ = ::open(file.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0600);
    if (descriptor_ < 0) fail("cannot open", file);
    if (::flock(descriptor_, LOCK_EX | LOCK_NB) != 0) {
        ::close(descriptor_);
        std::string holder = read_file_whole(file).value_or("");
        if (holder.empty()) holder = "another command";  // which has not said its name yet
        throw Error(ErrorKind::locked,
                    fmt::format("The state folder {} is held by {}. Wait until it has ended, then try again.",
                                state.root().string(), holder));
    }
    const std::string holder = fmt::format("caseweave {} by {}", command, describe_holder());
    if (::ftruncate(descriptor_, 0) != 0 || ::write(descriptor_, holder.data(), holder.size()) < 0) {
        ::close(descriptor_);
        fail("cannot write", file);
    }
}

StateLock::~StateLock() {
    ::close(descriptor_);
}

void write_file_whole(const std::filesystem::path& file, std::string_view content) {
    const std::string temporary = file.string() + ".part";
    const int descriptor = ::open(temporary.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
    if (descriptor < 0) fail("cannot write", temporary);
    while (!content.empty()) {
        const ssize_t written = ::write(descriptor, content.data(), content.size());
        if (written < 0) {
            ::close(descriptor);
            fail("cannot write", temporary);
        }
        content.remove_prefix(static_cast<std::size_t>(written));
    }
    if (::fsync(descriptor) != 0 || ::close(descriptor) != 0 || ::rename(temporary.c_str(), file.c_str()) != 0)
        fail("cannot write", file);
}

std::optional<std::string> read_file_whole(const std::filesystem::path& file) {
    std::ifstream in(file, std::ios::binary);
    if (!in) return std::nullopt;
    std::ostringstream text;
    text << in.rdbuf();
    return text.str();
}

}  // namespace caseweave
