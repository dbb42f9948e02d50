/* Between a module that vvp runs and the program that started vvp.
 *
 * The program owns time. It says `TIME BITS` on standard input, the levels that all inputs have from TIME on, and is
 * answered on standard output, once the instant has come to rest, with a line that MARK begins: `NEXT BITS`, where NEXT is
 * the next time at which the module does something by itself. What the module prints goes the same way, without MARK.
 */
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/time.h>
#include <sys/wait.h>
#include <unistd.h>
#include <vpi_user.h>

#define MARK "\001memspike "
/* Processor time that one instant may take (s). */
#define MOST_S 10
/* How often it is looked whether the program is still there (s). */
#define LOOK_S 1
/* Files that a module has open are below this. */
#define MOST_FILES 1024

struct port {
    vpiHandle object;
    int width;
    char *held; /* an input's levels, the most significant first */
};
struct ports {
    struct port *all;
    size_t count;
    size_t bits;
};

static struct ports inputs, outputs;
static char *line; /* the command that is read or being obeyed */
static size_t line_size;
static int commands; /* where commands come from */
static int ahead = -1; /* where the process that looks ahead tells what it sees */
static int delays;   /* whether the module has any delay */
static pid_t program;

static void quit(int status) {
    vpi_flush();
    _exit(status);
}

/* The program has gone: nobody waits for an answer. */
static void look(int signal) {
    (void)signal;
    if (getppid() != program) _exit(1);
}

static void too_long(int signal) {
    static const char text[] = MARK "endless\n";
    (void)signal;
    if (write(1, text, sizeof text - 1) < 0) _exit(2);
    _exit(1);
}

static void handle(int signal, void (*handler)(int)) {
    struct sigaction action;
    memset(&action, 0, sizeof action);
    action.sa_handler = handler;
    action.sa_flags = SA_RESTART;
    sigaction(signal, &action, NULL);
}

/* Bounds the processor time from now on; zero lifts the bound. */
static void bound(int seconds) {
    struct itimerval timer = {{0, 0}, {seconds, 0}};
    setitimer(ITIMER_PROF, &timer, NULL);
}

static void call(int reason, PLI_INT32 (*callback)(p_cb_data), unsigned long long at) {
    s_cb_data data;
    s_vpi_time time;
    memset(&data, 0, sizeof data);
    memset(&time, 0, sizeof time);
    time.type = vpiSimTime;
    time.high = (PLI_UINT32)(at >> 32);
    time.low = (PLI_UINT32)at;
    data.reason = reason;
    data.cb_rtn = callback;
    data.time = &time;
    vpi_register_cb(&data);
}

static unsigned long long now(void) {
    s_vpi_time time;
    time.type = vpiSimTime;
    vpi_get_time(NULL, &time);
    return (unsigned long long)time.high << 32 | time.low;
}

static void print_outputs(void) {
    for (size_t i = 0; i < outputs.count; i++) {
        s_vpi_value value;
        value.format = vpiBinStrVal;
        vpi_get_value(outputs.all[i].object, &value);
        vpi_printf("%s", value.value.str);
    }
    vpi_printf("\n");
    vpi_flush();
}

/* Reads a command into `line`; gives its bits. */
static char *command(unsigned long long *at) {
    size_t length = 0;
    for (;;) {
        ssize_t got = read(commands, line + length, line_size - 1 - length);
        if (got < 0 && errno == EINTR) continue;
        if (got <= 0) quit(0);
        length += (size_t)got;
        if (line[length - 1] == '\n') break;
        if (length == line_size - 1) quit(2);
    }
    line[length] = 0;
    char *bits;
    *at = strtoull(line, &bits, 10);
    return bits + (*bits == ' ');
}

static void drive(struct port *port) {
    s_vpi_value value;
    value.format = vpiBinStrVal;
    value.value.str = port->held;
    vpi_put_value(port->object, &value, NULL, vpiNoDelay);
}

static void put(const char *bits) {
    for (size_t i = 0; i < inputs.count; i++) {
        struct port *port = &inputs.all[i];
        size_t width = (size_t)port->width;
        if (memcmp(port->held, bits, width) != 0) {
            memcpy(port->held, bits, width);
            drive(port);
        }
        bits += width;
    }
}

static PLI_INT32 seen(p_cb_data data) {
    unsigned long long at = now();
    (void)data;
    _exit(write(ahead, &at, sizeof at) == (ssize_t)sizeof at ? 0 : 1);
}

/* The time of the next event. vvp tells it nobody before it has gone there; so a copy of this process goes there instead.
 * Gives zero if there is none in this process, one in the copy, which has to go on. */
static int look_ahead(unsigned long long *next, int *found) {
    int ends[2];
    *found = 0;
    if (!delays || pipe(ends) != 0) {
        if (delays) quit(3);
        return 0;
    }
    fflush(NULL);
    pid_t copy = fork();
    if (copy < 0) quit(3);
    if (copy == 0) {
        /* What the module prints or writes on the way is written by this process, when it gets there. */
        int nowhere = open("/dev/null", O_RDWR);
        if (dup2(ends[1], 0) < 0 || dup2(nowhere, 1) < 0 || dup2(nowhere, 2) < 0) _exit(1);
        for (int file = 3; file < MOST_FILES; file++) close(file);
        program = getppid();
        ahead = 0;
        bound(MOST_S);
        struct itimerval timer = {{LOOK_S, 0}, {LOOK_S, 0}};
        setitimer(ITIMER_REAL, &timer, NULL);
        call(cbNextSimTime, seen, 0);
        return 1;
    }
    close(ends[1]);
    ssize_t got;
    do got = read(ends[0], next, sizeof *next);
    while (got < 0 && errno == EINTR);
    *found = got == (ssize_t)sizeof *next;
    close(ends[0]);
    int status;
    while (waitpid(copy, &status, 0) < 0 && errno == EINTR) {
    }
    /* A copy that was stopped has seen nothing, which is not the same as that nothing is there. */
    if (!WIFEXITED(status) || WEXITSTATUS(status) != 0) quit(3);
    return 0;
}

static PLI_INT32 settled(p_cb_data data);

static PLI_INT32 arrived(p_cb_data data) {
    (void)data;
    put(strchr(line, ' ') + 1);
    call(cbReadWriteSynch, settled, 0);
    return 0;
}

/* An instant has come to rest. */
static PLI_INT32 settled(p_cb_data data) {
    unsigned long long next = 0, at;
    int found;
    (void)data;
    if (look_ahead(&next, &found)) return 0;
    bound(0);
    if (found)
        vpi_printf(MARK "%llu ", next);
    else
        vpi_printf(MARK "- ");
    print_outputs();
    command(&at);
    bound(MOST_S);
    if (at > now())
        call(cbAtStartOfSimTime, arrived, at);
    else
        arrived(NULL);
    return 0;
}

static PLI_INT32 ended(p_cb_data data) {
    (void)data;
    if (ahead >= 0) _exit(0);
    vpi_printf(MARK "end ");
    print_outputs();
    return 0;
}

/* The net or variable behind a port; none if it has no bits. */
static vpiHandle object(vpiHandle module, const char *name) {
    static const int kinds[] = {vpiNet, vpiReg, vpiVariables};
    for (size_t k = 0; k < sizeof kinds / sizeof *kinds; k++) {
        vpiHandle all = vpi_iterate(kinds[k], module), one;
        while (all && (one = vpi_scan(all)))
            if (strcmp(vpi_get_str(vpiName, one), name) == 0) {
                vpi_free_object(all);
                return vpi_get(vpiType, one) == vpiRealVar ? NULL : one;
            }
    }
    return NULL;
}

static void keep(struct ports *ports, vpiHandle object, int width) {
    ports->all = realloc(ports->all, (ports->count + 1) * sizeof *ports->all);
    char *held = malloc((size_t)width + 1);
    if (!ports->all || !held) quit(3);
    memset(held, 'z', (size_t)width);
    held[width] = 0;
    ports->all[ports->count++] = (struct port){object, width, held};
    ports->bits += (size_t)width;
}

/* Says what ports a module has: direction, width, name. */
static void describe(vpiHandle module) {
    vpi_printf(MARK "module %s\n", vpi_get_str(vpiName, module));
    vpiHandle all = vpi_iterate(vpiPort, module), port;
    while (all && (port = vpi_scan(all))) {
        char *name = strdup(vpi_get_str(vpiName, port));
        if (!name) quit(3);
        vpiHandle bits = object(module, name);
        int direction = vpi_get(vpiDirection, port);
        int width = bits ? vpi_get(vpiSize, bits) : 0;
        const char *way = direction == vpiInput ? "in" : direction == vpiOutput ? "out" : "inout";
        vpi_printf(MARK "%s %d %s\n", way, width, name);
        if (bits && direction != vpiInout) keep(direction == vpiInput ? &inputs : &outputs, bits, width);
        free(name);
    }
}

static PLI_INT32 begins(p_cb_data data) {
    (void)data;
    vpiHandle all = vpi_iterate(vpiModule, NULL), module;
    while (all && (module = vpi_scan(all)))
        /* What stands outside of modules is a scope, too. */
        if (vpi_get_str(vpiName, module)[0] != '$') describe(module);
    vpi_printf(MARK "precision %d\n", (int)vpi_get(vpiTimePrecision, NULL));
    vpi_flush();
    line_size = inputs.bits + 32;
    line = malloc(line_size);
    if (!line) quit(3);
    unsigned long long at;
    /* Inputs float until `initial` has done what it does at time zero; then they take their levels, as from a testbench. What
     * is put before that, some of vvp's functors never hear. */
    command(&at);
    bound(MOST_S);
    call(cbReadWriteSynch, arrived, 0);
    return 0;
}

/* vvp's own `$stop` does not say where it stands. */
static PLI_INT32 stop(ICARUS_VPI_CONST PLI_BYTE8 *name) {
    vpiHandle task = vpi_handle(vpiSysTfCall, NULL);
    vpi_printf("%s:%d: %s called at %llu\n", vpi_get_str(vpiFile, task), (int)vpi_get(vpiLineNo, task), name, now());
    vpi_control(vpiStop, 0);
    return 0;
}

static void enter(void) {
    static PLI_BYTE8 stop_name[] = "$stop";
    s_vpi_systf_data task;
    memset(&task, 0, sizeof task);
    task.type = vpiSysTask;
    task.tfname = stop_name;
    task.calltf = stop;
    task.user_data = stop_name;
    vpi_register_systf(&task);

    const char *text = getenv("MEMSPIKE_PROGRAM");
    program = text ? (pid_t)atol(text) : getppid();
    delays = getenv("MEMSPIKE_DELAYS") != NULL;
    handle(SIGALRM, look);
    handle(SIGPROF, too_long);
    struct itimerval timer = {{LOOK_S, 0}, {LOOK_S, 0}};
    setitimer(ITIMER_REAL, &timer, NULL);
    /* The module's own `$fgetc` must not take commands. */
    commands = dup(0);
    int nothing = open("/dev/null", O_RDONLY);
    if (commands < 0 || nothing < 0 || dup2(nothing, 0) < 0) _exit(3);
    s_cb_data data;
    memset(&data, 0, sizeof data);
    data.reason = cbStartOfSimulation;
    data.cb_rtn = begins;
    vpi_register_cb(&data);
    data.reason = cbEndOfSimulation;
    data.cb_rtn = ended;
    vpi_register_cb(&data);
}

void (*vlog_startup_routines[])(void) = {enter, NULL};
