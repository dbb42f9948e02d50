// What a neuron does, written by hand and without regard to cost: the other side of the proof.
// Macros give the constants. Everything is computed in 64 bits, where nothing overflows, and then stopped.

module reference_step (
    input  wire tick,
    input  wire signed [`W-1:0] weight,
    input  wire signed [`P-1:0] v,
`ifdef REFRACTORY
    input  wire [`R-1:0] refractory,
    output reg  [`R-1:0] next_refractory,
`endif
    output reg  fired,
    output reg  signed [`P-1:0] next_v
);
    reg signed [63:0] x;
    reg resting;

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
endmodule
