"""Makes the .npy and .npz files beside it, with NumPy 2.4: weight (i, j) of 3 x 2 is (i - 1) (j + 1) / 2."""

from pathlib import Path

import numpy as np

folder = Path(__file__).parent
weights = np.array([[(i - 1) * (j + 1) / 2 for j in range(2)] for i in range(3)])
np.save(folder / "float64.npy", weights)
np.save(folder / "float32_columns.npy", np.asfortranarray(weights.astype(np.float32)))
np.save(folder / "big_endian.npy", weights.astype(">f8"))
np.save(folder / "int8.npy", (2 * weights).astype(np.int8))
np.save(folder / "int64.npy", (2 * weights).astype(np.int64))
np.save(folder / "vector.npy", weights[:, 0])
np.save(folder / "complex.npy", weights.astype(complex))
cube = np.arange(24, dtype=">i2").reshape(2, 3, 4) - 7
np.savez(folder / "stored.npz", weights=weights, cube=np.asfortranarray(cube))
np.savez_compressed(folder / "deflated.npz", weights=weights, cube=np.asfortranarray(cube))
