#pragma once

#include <string>
#include <vector>

#include "simulate_county/county.hpp"
#include "simulate_county/system_view.hpp"
#include "simulate_county/systems/source_rows.hpp"
#include "simulate_county/table.hpp"

namespace simulate {

/// Holds the casework file of the EHC hub: teams, officers, provision, caseload and the document index. Unlike the
/// return's nested records its rows name persons and plans by key, so they may name ones that are not there.
class SendCasework {
  public:
    SendCasework(const County& county, const Random& random);

    /// Adds all that the hub keeps beside one process. `plan` is "" where none was issued.
    void add_process(const EhcProcess& process, const PersonView& person, const std::string& request,
                     const std::string& plan, Random& random);

    /// Adds orphans, conflicts and duplicates.
    void spoil();
    void give(SystemDump& dump);

  private:
    void add_provision(const EhcProcess& process, std::size_t index, const PersonView& person, const std::string& plan,
                       Random& random);
    void add_document(const PersonView& person, const std::string& request, const std::string& officer,
                      std::string_view kind, std::string_view title, Day dated, Random& random);

    const County& county_;
    const Random random_;
    FormAnswers answers_;
    KeySeries provision_keys_{"PV-", 1'000'001, 7};
    KeySeries allocation_keys_{"AL-", 1'000'001, 7};
    KeySeries document_keys_{"DO-", 1'000'001, 7};
    Table teams_, officers_, provisions_, caseload_, documents_;
};

}  // namespace simulate
