#pragma once

#include <sys/types.h>

#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

namespace caseweave {

/// Holds a child process that ends with this object.
class ChildProcess {
  public:
    ChildProcess() = default;
    /// Starts `program` with `arguments`; its output goes to `log`. @throws Error(source) when it cannot be started.
    ChildProcess(const std::filesystem::path& program, const std::vector<std::string>& arguments,
                 const std::filesystem::path& log);
    ~ChildProcess();
    ChildProcess(ChildProcess&& other) noexcept;
    ChildProcess& operator=(ChildProcess&& other) noexcept;

    /// Waits for the end. @return the exit code; 128 + n for signal n.
    int wait();
    bool running();

  private:
    pid_t process_ = -1;
};

/// Says which county `caseweave demo` simulates.
struct CountySettings {
    std::string scale = "demo";
    std::uint64_t seed = 1;
    std::uint32_t night = 0;  ///< nights after the first
};

/// Runs tools/simulate_county for the demo: writes the eleven systems and serves the two that speak HTTPS.
class SimulatedCounty {
  public:
    /// @param folder where the systems are written.
    explicit SimulatedCounty(std::filesystem::path folder) : folder_(std::move(folder)) {}

    /// Writes the systems, unless the folder already holds this very county. @throws Error(source).
    void generate(const CountySettings& settings);

    /// Tells whether the folder holds a county.
    bool exists() const;

    /// Starts the HTTPS server of the REST systems; it ends with this object. @return its port.
    int serve();

    const std::filesystem::path& folder() const noexcept { return folder_; }
    std::filesystem::path truth() const { return folder_ / "truth" / "persons.csv"; }

  private:
    std::filesystem::path folder_;
    ChildProcess server_;
};

}  // namespace caseweave
