// Sends a stream of events to the core through its handshakes, and compares winner and spikes of every tick, and counts.
//
//     stream events.txt answers.txt
//
// events.txt: a line for each: `s` start of image, `e 12` event of input 12, `t` tick, `c 10` read the counts of 10 neurons.
// answers.txt: a line for each tick: the winner so far, a colon, the neurons that fire; for each reading `=` and the counts.
#include <chrono>
#include <cstdio>
#include <fstream>
#include <string>
#include <vector>

#include "Vcore.h"
#include "verilated.h"

struct Stimulus {
    char kind;
    unsigned number;
};

int main(int argc, char** argv) {
    if (argc != 3) {
        std::fprintf(stderr, "usage: stream EVENTS ANSWERS\n");
        return 2;
    }
    std::ifstream events(argv[1]), answers(argv[2]);
    if (!events || !answers) {
        std::fprintf(stderr, "cannot read %s or %s\n", argv[1], argv[2]);
        return 2;
    }
    std::vector<Stimulus> stimuli;
    for (Stimulus next; events >> next.kind; stimuli.push_back(next)) {
        next.number = 0;
        if (next.kind == 'e' || next.kind == 'c') events >> next.number;
    }
    std::vector<std::string> expected;
    for (std::string line; std::getline(answers, line);) expected.push_back(line);

    Vcore core;
    auto edge = [&core] {
        core.clk = 1;
        core.eval();
        core.clk = 0;
    };
    core.clk = 0;
    core.rst = 1;
    core.in_start = core.in_tick = core.in_valid = 0;
    core.in_address = 0;
    core.count_address = 0;
    core.out_start_ready = core.out_tick_ready = core.out_ready = 1;
    core.eval();
    edge();
    core.rst = 0;

    std::vector<std::string> found;
    std::string fired;
    std::size_t next = 0, pending = 0;
    unsigned long long cycles = 0, idle = 0;
    const auto begin = std::chrono::steady_clock::now();
    while (found.size() < expected.size() && idle < 1000000) {
        const bool offered = next < stimuli.size();
        const char kind = offered ? stimuli[next].kind : ' ';
        if (kind == 'c' && pending == 0) {
            std::string counts = "=";
            core.in_start = core.in_tick = core.in_valid = 0;
            for (unsigned neuron = 0; neuron < stimuli[next].number; neuron++) {
                core.count_address = neuron;
                core.eval();
                edge();
                cycles++;
                counts += " " + std::to_string(core.count);
            }
            core.count_address = 0;
            found.push_back(counts);
            next++;
            idle = 0;
            continue;
        }
        core.in_start = kind == 's';
        core.in_tick = kind == 't';
        core.in_valid = kind == 'e';
        if (offered) core.in_address = stimuli[next].number;
        core.eval();
        const bool taken = (kind == 's' && core.in_start_ready) || (kind == 't' && core.in_tick_ready) ||
                           (kind == 'e' && core.in_ready);
        if (taken) next++;
        if (taken && kind == 't') pending++;
        idle = taken ? 0 : idle + 1;
        if (core.out_valid) fired += " " + std::to_string(core.out_address);
        if (core.out_tick) {
            found.push_back(std::to_string(core.winner) + ":" + fired);
            fired.clear();
            pending--;
        }
        edge();
        cycles++;
    }
    const std::chrono::duration<double> took = std::chrono::steady_clock::now() - begin;

    for (std::size_t at = 0; at < expected.size(); at++) {
        if (at < found.size() && found[at] == expected[at]) continue;
        std::printf("answer %zu: '%s', expected '%s'\n", at, at < found.size() ? found[at].c_str() : "nothing",
                    expected[at].c_str());
        std::printf("FAIL\n");
        return 1;
    }
    std::printf("PASS: %zu answers, %llu cycles, %.6f s, %.0f cycles/s\n", expected.size(), cycles, took.count(),
                cycles / took.count());
    return 0;
}
