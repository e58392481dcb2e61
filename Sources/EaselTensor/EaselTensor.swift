// Tensors, kernels, gradients, optimisers, weight files.
