// What a neuron does, written by hand and without regard to cost: the other side of the proof.
// Macros give the constants. Everything is computed in 64 bits, where nothing overflows, and then stopped.

module reference_step (
    input  wire tick,
    input  wire signed [`W-1:0] weight,
    input  wire signed [`P-1:0] v,
`ifdef LOADED
    input  wire signed [`P-1:0] threshold,
`ifdef LEAK_SHIFT
    input  wire [`L-1:0] leak_shift,
`endif
`ifdef LEAK_MULTIPLY
    input  wire [`L-1:0] leak_factor,
    // Cut out of the core: the potential times the factor, which is less than a power of two.
    input  wire signed [`P+`L-1:0] product,
`endif
`endif
`ifdef REFRACTORY
    input  wire [`R-1:0] refractory,
    output reg  [`R-1:0] next_refractory,
`endif
    output reg  fired,
    output reg  signed [`P-1:0] next_v
);
    reg signed [63:0] x;
    reg resting;
`ifdef LOADED
    // Constants that are inputs; without sign, so that divisions are by powers of two and no more.
    reg [63:0] size;
`ifdef LEAK_SHIFT
    integer by;
`endif
`endif

    always @* begin
        x = v;
        fired = 1'b0;
`ifdef REFRACTORY
        resting = refractory != 0;
        next_refractory = refractory;
`else
        resting = 1'b0;
`endif
        if (tick && resting) begin
`ifdef REFRACTORY
            next_refractory = refractory - 1;
`endif
        end else if (tick) begin
            if (v < `THRESHOLD) begin
`ifdef LOADED
                size = v < 0 ? -x : x;
`ifdef LEAK_SHIFT
                for (by = 0; by < 1 << `L; by = by + 1) if (leak_shift == by) begin
                    if (v < 0) x = v + (size + (64'd1 << by) - 64'd1) / (64'd1 << by);
                    else x = v - size / (64'd1 << by);
                end
`endif
`ifdef LEAK_MULTIPLY
                size = product < 0 ? -product : product;
                if (v < 0) x = -((size + (64'd1 << `SHIFT) - 64'd1) / (64'd1 << `SHIFT));
                else x = size / (64'd1 << `SHIFT);
`endif
`else
`ifdef LEAK_SHIFT
                // Division that rounds down, by way of division that rounds to zero.
                if (v < 0) x = v + ((-x + (64'sd1 << `SHIFT) - 1) / (64'sd1 << `SHIFT));
                else x = v - (x / (64'sd1 << `SHIFT));
`endif
`ifdef LEAK_MULTIPLY
                // What the factor lacks of one is taken: rounded up, so that what stays is rounded down.
                if (v < 0) x = v + (-x * `LOST) / (64'sd1 << `SHIFT);
                else x = v - (x * `LOST + (64'sd1 << `SHIFT) - 1) / (64'sd1 << `SHIFT);
`endif
`endif
`ifdef NON_NEGATIVE
                // Never reached; a definite answer spares the proof an assumption.
                if (x < 0) x = 0;
`endif
            end else begin
                fired = 1'b1;
`ifdef RESET_SUBTRACT
                x = x - `THRESHOLD;
`else
                x = `VALUE;
`endif
`ifdef REFRACTORY
                next_refractory = `TICKS;
`endif
            end
        end else if (!resting) begin
            x = x + weight;
            if (x > `HIGHEST) x = `HIGHEST;
            if (x < `LOWEST) x = `LOWEST;
        end
        next_v = x[`P-1:0];
    end
`ifdef LOADED
`ifdef LEAK_MULTIPLY
    // What a factor below the power of two makes of the potential: the same sign, and no more.
    wire signed [63:0] v_scaled = $signed({{(64-`P){v[`P-1]}}, v}) <<< `SHIFT;
    always @* if (v < 0) assume(v_scaled <= product && product <= 0);
    else assume(0 <= product && product <= v_scaled);
`endif
`endif
endmodule
