#include "core/log.hpp"

#include <fmt/chrono.h>
#include <spdlog/formatter.h>
#include <spdlog/sinks/stdout_sinks.h>
#include <spdlog/spdlog.h>

#include <atomic>
#include <chrono>
#include <memory>

#include "core/json_text.hpp"

namespace caseweave::log {

namespace {

std::atomic<LineFormat> chosen_format{LineFormat::text};
/// 0: no run yet; ids begin at 1.
std::atomic<std::int64_t> current_run{0};

/// Writes a line as one JSON object, whatever the message holds.
class JsonFormatter : public spdlog::formatter {
  public:
    void format(const spdlog::details::log_msg& line, spdlog::memory_buf_t& out) override {
        const auto milliseconds =
            std::chrono::duration_cast<std::chrono::milliseconds>(line.time.time_since_epoch()).count();
        const std::int64_t run = current_run;
        std::string text = fmt::format(R"({{"time":"{:%FT%T}.{:03}Z","level":"{}","run_id":{},"message":)",
                                       fmt::gmtime(static_cast<std::time_t>(milliseconds / 1000)), milliseconds % 1000,
                                       fmt::string_view(spdlog::level::to_string_view(line.level).data(),
                                                        spdlog::level::to_string_view(line.level).size()),
                                       run == 0 ? "null" : std::to_string(run));
        append_json_string(text, std::string_view(line.payload.data(), line.payload.size()));
        text += "}\n";
        out.append(text.data(), text.data() + text.size());
    }
    std::unique_ptr<spdlog::formatter> clone() const override { return std::make_unique<JsonFormatter>(); }
};

std::shared_ptr<spdlog::logger>& logger() {
    static std::shared_ptr<spdlog::logger> instance = [] {
        auto made = std::make_shared<spdlog::logger>("caseweave", std::make_shared<spdlog::sinks::stderr_sink_mt>());
        made->set_pattern("%H:%M:%S %^%l%$ %v");
        return made;
    }();
    return instance;
}
}  // namespace

void set_up(bool verbose, LineFormat format) {
    chosen_format = format;
    if (format == LineFormat::json) logger()->set_formatter(std::make_unique<JsonFormatter>());
    logger()->set_level(verbose ? spdlog::level::debug : spdlog::level::info);
}
LineFormat format() noexcept {
    return chosen_format;
}
void set_run(std::int64_t run_id) noexcept {
    current_run = run_id;
}
void write_info(std::string_view message) {
    logger()->info(message);
}
void write_warning(std::string_view message) {
    logger()->warn(message);
}
void write_error(std::string_view message) {
    logger()->error(message);
}
void write_debug(std::string_view message) {
    logger()->debug(message);
}

}  // namespace caseweave::log
