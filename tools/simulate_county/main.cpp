#include <CLI/CLI.hpp>
#include <charconv>
#include <cstdint>
#include <cstdio>
#include <exception>
#include <string>

#include "simulate_county/generate.hpp"
#include "simulate_county/server/source_server.hpp"

namespace {

constexpr int kFailed = 1;
constexpr int kUsage = 2;

constexpr const char* kExamples =
    "Examples:\n"
    "  simulate_county generate --scale tiny --seed 7 --output county\n"
    "  simulate_county serve --sources county --ready-file county/server/port\n";

}  // namespace

int main(int argc, char** argv) {
    CLI::App app("Simulates a county's children and writes them as eleven legacy systems keep them.",
                 "simulate_county");
    app.footer(kExamples);
    app.require_subcommand(1);

    std::string scale_name = "tiny";
    std::uint64_t seed = 1;
    std::size_t children = 0;
    int night = 0;
    std::string output;
    CLI::App* generate_command = app.add_subcommand("generate", "Write the eleven systems and the truth");
    generate_command
        ->add_option("--scale", scale_name,
                     "tiny (300 children), demo (5,000), county (287,000), twins (100,000 pairs)")
        ->capture_default_str();
    generate_command->add_option("--seed", seed, "Same seed, same bytes (keys and certificates excepted)")
        ->capture_default_str()
        ->check([](const std::string& text) {
            // As caseweave demo, whose target keeps it as a bigint; a minus sign would be read as a huge number.
            std::int64_t given = 0;
            const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), given);
            const bool whole = error == std::errc() && end == text.data() + text.size() && given >= 0;
            return whole ? std::string() : "a seed is a whole number from 0 to 9223372036854775807";
        });
    generate_command->add_option("--children", children, "Another number of children than the scale's");
    generate_command
        ->add_option("--night", night,
                     "The same county so many nights later; truth/changes.json says what the last did")
        ->check(CLI::NonNegativeNumber);
    generate_command->add_option("--output", output, "Folder to write to; made if need be")->required();

    simulate::ServerOptions server;
    CLI::App* serve_command =
        app.add_subcommand("serve", "Serve early_help and youth_support over HTTPS until stopped");
    serve_command->add_option("--sources", server.sources, "Folder that generate wrote")->required();
    serve_command->add_option("--port", server.port, "Port on 127.0.0.1; 0 takes a free one")->capture_default_str();
    serve_command->add_option("--ready-file", server.ready_file, "File that gets the port once the server accepts")
        ->required();
    serve_command->add_option("--fail-every", server.fail_every, "Answer 500 to every n-th data request");
    serve_command->add_option("--expire-token-after", server.expire_token_after,
                              "Refuse a token after n data requests");
    serve_command->add_option("--truncate-after", server.truncate_after_bytes,
                              "Cut the connection after n bytes of a data response");

    try {
        app.parse(argc, argv);
    } catch (const CLI::ParseError& error) {
        return app.exit(error) == 0 ? 0 : kUsage;
    }
    try {
        if (*serve_command) {
            simulate::serve(server);
            return 0;
        }
        simulate::Scale scale;
        try {
            scale = simulate::scale_named(scale_name);
            if (night > 0 && scale.twins)
                throw std::invalid_argument("--night is not for the scale twins: choose tiny, demo or county");
        } catch (const std::invalid_argument& error) {
            std::fprintf(stderr, "simulate_county: %s\n", error.what());
            return kUsage;
        }
        if (children > 0) scale.children = children;
        const simulate::Generated made = simulate::generate(scale, seed, output, night);
        std::printf("scale %s, seed %llu: %zu children, %zu person records, %zu rows in all, %.1f s\n",
                    scale.name.c_str(), static_cast<unsigned long long>(seed), made.children, made.person_records,
                    made.rows, made.seconds);
        return 0;
    } catch (const std::exception& error) {
        std::fprintf(stderr, "simulate_county: %s\n", error.what());
        return kFailed;
    }
}
