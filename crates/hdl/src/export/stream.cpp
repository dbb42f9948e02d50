// Sends a stream of events to the core, and compares winner and spikes of every tick, and counts: through the handshakes of
// the core, or, with SPI defined, through the pins of the board-level top.
//
//     stream events.txt answers.txt [cycles]
//
// It stops after so many cycles of the clock, if that is before the end.
//
// events.txt: a line for each: `s` start of image, `e 12` event of input 12, `t` tick, `c 10` read the counts of 10 neurons.
// answers.txt: a line for each tick: the winner so far, a colon, the neurons that fire; for each reading `=` and the counts.
#include <chrono>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <fstream>
#include <string>
#include <vector>

#include "Vcore.h"
#include "verilated.h"

struct Stimulus {
    char kind;
    unsigned number;
};

// What came of an offer: whether it was taken, and what the core gave meanwhile: `e` a spike of a neuron, `t` the end of a
// tick with the winner, `s` a start that has gone through all of it, or nothing.
struct Given {
    bool taken;
    char kind;
    unsigned number;
};

#ifdef SPI

class Link {
  public:
    unsigned long long cycles = 0;

    Link() {
        core.sck = 0;
        core.cs_n = 1;
        wait(32);  // The core wakes up.
        core.cs_n = 0;
        wait(8);
    }

    Given step(char kind, unsigned number) {
        const unsigned order = kind == 'e' ? 1 : kind == 't' ? 2 : kind == 's' ? 3 : 0;
        const std::uint32_t reply = pass(order << 28 | number);
        const char kinds[] = {' ', 'e', 't', 's'};
        return {order != 0 && !(reply >> 31), kinds[reply >> 28 & 3], reply & 0xffffff};
    }

    unsigned count(unsigned neuron) {
        pass(4u << 28 | neuron);
        return pass(0) & 0xffffff;
    }

  private:
    Vcore core;

    void wait(int clocks) {
        for (; clocks > 0; clocks--) {
            core.clk = 0;
            core.eval();
            core.clk = 1;
            core.eval();
            cycles++;
        }
    }

    // A word at an eighth of the clock, which is as fast as it may be.
    std::uint32_t pass(std::uint32_t out) {
        std::uint32_t in = 0;
        for (int bit = 31; bit >= 0; bit--) {
            core.mosi = out >> bit & 1;
            core.sck = 0;
            wait(4);
            in = in << 1 | core.miso;
            core.sck = 1;
            wait(4);
        }
        return in;
    }
};

#else

class Link {
  public:
    unsigned long long cycles = 0;

    Link() {
        core.clk = 0;
        core.rst = 1;
        core.in_start = core.in_tick = core.in_valid = 0;
        core.in_address = 0;
        core.count_address = 0;
        core.out_start_ready = core.out_tick_ready = core.out_ready = 1;
        // @LOADS@
        core.eval();
        edge();
        core.rst = 0;
    }

    Given step(char kind, unsigned number) {
        core.in_start = kind == 's';
        core.in_tick = kind == 't';
        core.in_valid = kind == 'e';
        core.in_address = number;
        core.eval();
        Given given = {(core.in_start && core.in_start_ready) || (core.in_tick && core.in_tick_ready) ||
                           (core.in_valid && core.in_ready),
                       ' ', 0};
        // The counter, which is last, gives one thing at a time.
        if (core.out_valid) given = {given.taken, 'e', core.out_address};
        if (core.out_tick) given = {given.taken, 't', core.winner};
        if (core.out_start) given = {given.taken, 's', 0};
        edge();
        return given;
    }

    unsigned count(unsigned neuron) {
        core.in_start = core.in_tick = core.in_valid = 0;
        core.count_address = neuron;
        core.eval();
        edge();
        return core.count;
    }

  private:
    Vcore core;

    void edge() {
        core.clk = 1;
        core.eval();
        core.clk = 0;
        cycles++;
    }
};

#endif

int main(int argc, char** argv) {
    if (argc < 3 || argc > 4) {
        std::fprintf(stderr, "usage: stream EVENTS ANSWERS [CYCLES]\n");
        return 2;
    }
    const unsigned long long most = argc == 4 ? std::strtoull(argv[3], nullptr, 10) : ~0ull;
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

    Link link;
    std::vector<std::string> found;
    std::string fired;
    std::size_t next = 0, pending = 0;
    const unsigned long long reset = link.cycles;
    unsigned long long progress = reset;
    const auto begin = std::chrono::steady_clock::now();
    while (found.size() < expected.size() && link.cycles - progress < 1000000) {
        if (link.cycles > most && !found.empty()) expected.resize(found.size());
        const Stimulus offer = next < stimuli.size() ? stimuli[next] : Stimulus{' ', 0};
        if (offer.kind == 'c' && pending == 0) {
            std::string counts = "=";
            for (unsigned neuron = 0; neuron < offer.number; neuron++) counts += " " + std::to_string(link.count(neuron));
            found.push_back(counts);
            next++;
            progress = link.cycles;
            continue;
        }
        const Given given = link.step(offer.kind == 'c' ? ' ' : offer.kind, offer.number);
        if (given.taken) next++;
        // Counts are read when every start and tick has come out: a start clears them last of all.
        if (given.taken && offer.kind != 'e') pending++;
        if (given.taken) progress = link.cycles;
        if (given.kind == 'e') fired += " " + std::to_string(given.number);
        if (given.kind == 't') {
            found.push_back(std::to_string(given.number) + ":" + fired);
            fired.clear();
        }
        if (given.kind == 't' || given.kind == 's') pending--;
    }
    const std::chrono::duration<double> took = std::chrono::steady_clock::now() - begin;

    for (std::size_t at = 0; at < expected.size(); at++) {
        if (at < found.size() && found[at] == expected[at]) continue;
        std::printf("answer %zu: '%s', expected '%s'\n", at, at < found.size() ? found[at].c_str() : "nothing",
                    expected[at].c_str());
        std::printf("FAIL\n");
        return 1;
    }
    const unsigned long long cycles = link.cycles - reset;
    std::printf("PASS: %zu answers, %llu cycles, %.6f s, %.0f cycles/s\n", expected.size(), cycles, took.count(),
                cycles / took.count());
    return 0;
}
