#include "core/log.hpp"

#include <spdlog/sinks/stdout_sinks.h>
#include <spdlog/spdlog.h>

#include <memory>

namespace caseweave::log {

namespace {
std::shared_ptr<spdlog::logger>& logger() {
    static std::shared_ptr<spdlog::logger> instance = [] {
        auto made = std::make_shared<spdlog::logger>("caseweave", std::make_shared<spdlog::sinks::stderr_sink_mt>());
        made->set_pattern("%H:%M:%S %^%l%$ %v");
        return made;
    }();
    return instance;
}
}  // namespace

void set_up(bool verbose) {
    logger()->set_level(verbose ? spdlog::level::debug : spdlog::level::info);
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
