#include "simulate_county/county.hpp"

namespace simulate {

const NamePeriod& Identity::name_on(Day day) const {
    const NamePeriod* best = &names.front();
    for (const NamePeriod& name : names) {
        const bool legal = name.kind == NamePeriod::Kind::birth || name.kind == NamePeriod::Kind::legal;
        if (legal && name.from <= day && name.from >= best->from) best = &name;
    }
    return *best;
}

const Residence& Identity::residence_on(Day day) const {
    const Residence* best = &residences.front();
    for (const Residence& residence : residences) {
        if (residence.from <= day) best = &residence;
    }
    return *best;
}

std::vector<WorkerIndex> County::workers_of(Service service) const {
    std::vector<WorkerIndex> found;
    for (WorkerIndex i = 0; i < workers.size(); ++i) {
        if (teams[workers[i].team].service == service) found.push_back(i);
    }
    return found;
}

std::vector<std::uint32_t> County::providers_of(Provider::Kind kind) const {
    std::vector<std::uint32_t> found;
    for (std::uint32_t i = 0; i < providers.size(); ++i) {
        if (providers[i].kind == kind) found.push_back(i);
    }
    return found;
}

}  // namespace simulate
