//! The C++ between a model of Verilator and the functions of the crate `foreign`.

use std::fmt::Write as _;

use memspike_digital::Direction;

use crate::Port;

/// Read before every file: what a model prints goes to standard error, because standard output may be a result.
pub(crate) const HEADER: &str = "#ifndef MEMSPIKE_H
#define MEMSPIKE_H
#ifdef __cplusplus
#include <cstdio>
#define VL_PRINTF(...) std::fprintf(stderr, __VA_ARGS__)
#endif
#endif
";

const TOP: &str = r#"#include "Vmodel.h"
#include "verilated.h"
#include <cstdint>
#include <exception>
#include <memory>
#include <new>
#include <string>

namespace {
struct Failure : std::exception {};
struct Instance {
    std::unique_ptr<VerilatedContext> context;
    std::unique_ptr<Vmodel> model;
    std::string message;
    bool ended = false;

    // Initial values are drawn as the model is made.
    explicit Instance(uint64_t seed) : context{new VerilatedContext} {
        if (seed) {
            context->randReset(2);
            context->randSeed(int(seed));
        }
        model.reset(new Vmodel{context.get(), "top"});
    }
};
thread_local Instance *running = nullptr;

std::string place(const char *file, int line) {
    return file && *file ? std::string(file) + ":" + std::to_string(line) + ": " : std::string();
}

[[noreturn]] void fail(const std::string &message) {
    if (running) running->message = message;
    throw Failure();
}
}  // namespace

void vl_finish(const char *, int, const char *) {
    if (running) running->ended = true;
}
void vl_stop(const char *file, int line, const char *) { fail(place(file, line) + "$stop"); }
void vl_fatal(const char *file, int line, const char *, const char *text) {
    fail(place(file, line) + (text ? text : "$fatal"));
}

extern "C" {
int memspike_version() { return 2; }
void *memspike_new(uint64_t seed) {
    try {
        return new Instance(seed);
    } catch (...) {
        return nullptr;
    }
}
void memspike_delete(void *raw) {
    try {
        delete static_cast<Instance *>(raw);
    } catch (...) {
    }
}
int memspike_precision(void *raw) { return static_cast<Instance *>(raw)->context->timeprecision(); }
const char *memspike_message(void *raw) { return static_cast<Instance *>(raw)->message.c_str(); }
"#;

const EVAL: &str = r#"template <class Work> static int guarded(Instance &instance, Work work) {
    running = &instance;
    int status = 0;
    try {
        work(*instance.model);
        status = instance.ended ? 1 : 0;
    } catch (const Failure &) {
        status = 2;
    } catch (const std::exception &error) {
        instance.message = error.what();
        status = 2;
    } catch (...) {
        status = 2;
    }
    running = nullptr;
    return status;
}
extern "C" {
int memspike_eval(void *raw, uint64_t time, const uint8_t *in, uint8_t *out, uint64_t *next) {
    Instance &instance = *static_cast<Instance *>(raw);
    return guarded(instance, [&](Vmodel &model) {
        instance.context->time(time);
        set(model, in);
        model.eval();
        get(model, out);
        *next = !instance.ended && model.eventsPending() ? model.nextTimeSlot() : UINT64_MAX;
    });
}
int memspike_cycles(void *raw, uint32_t clock, uint64_t most, uint8_t *in, const uint8_t *watch, uint8_t *out, uint64_t *done) {
    Instance &instance = *static_cast<Instance *>(raw);
    return guarded(instance, [&](Vmodel &model) {
        bool awaited = false;
        while (*done < most && !awaited && !instance.ended) {
            instance.context->timeInc(1);
            in[clock] = 0;
            set(model, in);
            model.eval();
            get(model, out);
            instance.context->timeInc(1);
            in[clock] = 1;
            set(model, in);
            model.eval();
            ++*done;
            for (int i = 0; i < memspike_outputs(); i++) awaited |= watch[i] && out[i];
        }
    });
}
}
"#;

/// The file for a module with these ports. Bits go in the order of ports, the most significant of each first.
pub(crate) fn source(ports: &[Port]) -> String {
    let mut set = String::new();
    let mut get = String::new();
    let (mut inputs, mut outputs) = (0, 0);
    for Port { member, direction, width, .. } in ports {
        let (text, from) = match direction {
            Direction::In => (&mut set, &mut inputs),
            Direction::Out => (&mut get, &mut outputs),
        };
        let first = *from;
        *from += width;
        let words = width.div_ceil(32);
        match (direction, width) {
            (Direction::In, ..=64) => {
                let _ = writeln!(
                    text,
                    "    {{ uint64_t v = 0; for (int i = 0; i < {width}; i++) v = v << 1 | in[{first} + i]; model.{member} = v; }}"
                );
            }
            (Direction::Out, ..=64) => {
                let _ = writeln!(
                    text,
                    "    for (int i = 0; i < {width}; i++) out[{first} + i] = uint64_t(model.{member}) >> ({width} - 1 - i) & 1;"
                );
            }
            (Direction::In, _) => {
                let _ =
                    writeln!(text, "    for (int w = 0; w < {words}; w++) model.{member}[w] = 0;");
                let _ = writeln!(
                    text,
                    "    for (int i = 0; i < {width}; i++) {{ int b = {width} - 1 - i; model.{member}[b / 32] |= EData(in[{first} + i]) << b % 32; }}"
                );
            }
            (Direction::Out, _) => {
                let _ = writeln!(
                    text,
                    "    for (int i = 0; i < {width}; i++) {{ int b = {width} - 1 - i; out[{first} + i] = model.{member}[b / 32] >> b % 32 & 1; }}"
                );
            }
        }
    }
    format!(
        "{TOP}int memspike_inputs() {{ return {inputs}; }}\nint memspike_outputs() {{ return {outputs}; }}\n}}\n\
         static void set(Vmodel &model, const uint8_t *in) {{\n    (void)model; (void)in;\n{set}}}\n\
         static void get(Vmodel &model, uint8_t *out) {{\n    (void)model; (void)out;\n{get}}}\n{EVAL}"
    )
}
