// What loading weights does, written by hand: it watches the memory of a layer of the core and asserts that each weight stands
// where it belongs. Macros give the sizes: I inputs, N neurons, W bits of a weight, K neurons in a word, A and B bits of the
// addresses of inputs and neurons.
module reference_load (
    input wire clk,
    input wire load,
    input wire [`A-1:0] load_input,
    input wire [`B-1:0] load_neuron,
    input wire [`W-1:0] load_weight,
    // Of the core: its memory, word after word.
    input wire [`I*`G*`K*`W-1:0] rows
);
    // The weight of input i to neuron j, for itself.
    reg [`W-1:0] meant [0:`I*`N-1];
    always @(posedge clk) if (load) meant[load_input * `N + load_neuron] <= load_weight;

    integer i, j;
    always @* begin
        // Nobody loads what does not exist.
        assume(load_input < `I && load_neuron < `N);
        for (i = 0; i < `I; i = i + 1)
            for (j = 0; j < `N; j = j + 1)
                assert(meant[i*`N+j] == rows[((i*`G+j/`K)*`K+j%`K)*`W +: `W]);
    end
endmodule
