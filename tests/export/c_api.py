"""Runs a SavedModel through TensorFlow's C API: the loader of the model server, and no Python of TensorFlow.

    python c_api.py LIBRARIES SAVED_MODEL JOBS RESULTS

LIBRARIES is the folder with libtensorflow_cc.so.2. JOBS is a pickled list of (feeds, fetches, optimised): a dict of
tensor name to array (of bytes where it holds strings), a list of tensor names, and whether TensorFlow optimises the
graph, as a server does, which takes longer than to run it. RESULTS becomes a
pickled dict: "seconds" that loading took, "modules" that were imported, and "results", where each is a
list of arrays or, of a run that failed, (code, message).
"""

import ctypes
import pickle
import sys
import time
from ctypes import POINTER, byref, c_char_p, c_int, c_int64, c_size_t, c_void_p
from pathlib import Path

import numpy as np

# A ConfigProto: of graph_options (10), optimizer_options (3) have opt_level (3) L0 = -1, and do_function_inlining (4);
# rewrite_options (10) have disable_meta_optimizer (19). To fold constants takes most of what is left.
UNOPTIMISED = bytes.fromhex("52141a0d18ffffffffffffffffff0120015203980101")
STRING, STRING_SIZE = 7, 24  # TF_STRING, and sizeof(TF_TString)
TYPES = {1: np.float32, 2: np.float64, 3: np.int32, 4: np.uint8, 9: np.int64}
NUMBERS = {np.dtype(kind): number for number, kind in TYPES.items()}


class Output(ctypes.Structure):
    _fields_ = [("operation", c_void_p), ("index", c_int)]


class Api:
    """The functions that are used, with their types: a pointer cut to 32 bits crashes."""

    SIGNATURES = {
        "NewStatus": (c_void_p,),
        "GetCode": (c_int, c_void_p),
        "Message": (c_char_p, c_void_p),
        "NewGraph": (c_void_p,),
        "NewSessionOptions": (c_void_p,),
        "SetConfig": (None, c_void_p, c_char_p, c_size_t, c_void_p),
        "LoadSessionFromSavedModel": (
            c_void_p,
            c_void_p,
            c_void_p,
            c_char_p,
            POINTER(c_char_p),
            c_int,
            c_void_p,
            c_void_p,
            c_void_p,
        ),
        "GraphOperationByName": (c_void_p, c_void_p, c_char_p),
        "SessionRun": (
            None,
            c_void_p,
            c_void_p,
            c_void_p,
            c_void_p,
            c_int,
            c_void_p,
            c_void_p,
            c_int,
            c_void_p,
            c_int,
            c_void_p,
            c_void_p,
        ),
        "AllocateTensor": (c_void_p, c_int, POINTER(c_int64), c_int, c_size_t),
        "DeleteTensor": (None, c_void_p),
        "TensorData": (c_void_p, c_void_p),
        "TensorType": (c_int, c_void_p),
        "NumDims": (c_int, c_void_p),
        "Dim": (c_int64, c_void_p, c_int),
        "StringInit": (None, c_void_p),
        "StringCopy": (None, c_void_p, c_char_p, c_size_t),
        "StringGetDataPointer": (c_void_p, c_void_p),
        "StringGetSize": (c_size_t, c_void_p),
    }

    def __init__(self, folder):
        ctypes.CDLL(str(Path(folder) / "libtensorflow_framework.so.2"), ctypes.RTLD_GLOBAL)
        library = ctypes.CDLL(str(Path(folder) / "libtensorflow_cc.so.2"), ctypes.RTLD_GLOBAL)
        for name, (result, *arguments) in self.SIGNATURES.items():
            function = getattr(library, f"TF_{name}")
            function.restype, function.argtypes = result, arguments
            setattr(self, name, function)

    def tensor(self, array):
        strings = array.dtype == object
        shape = (c_int64 * array.ndim)(*array.shape)
        size = array.size * STRING_SIZE if strings else array.nbytes
        number = STRING if strings else NUMBERS[array.dtype]
        tensor = self.AllocateTensor(number, shape, array.ndim, size)
        data = self.TensorData(tensor)
        if not strings:
            ctypes.memmove(data, np.ascontiguousarray(array).ctypes.data, size)
            return tensor
        for i, text in enumerate(array.ravel()):
            self.StringInit(data + i * STRING_SIZE)
            self.StringCopy(data + i * STRING_SIZE, text, len(text))
        return tensor

    def array(self, tensor):
        shape = [self.Dim(tensor, i) for i in range(self.NumDims(tensor))]
        data, count = self.TensorData(tensor), int(np.prod(shape))
        if self.TensorType(tensor) == STRING:
            places = [data + i * STRING_SIZE for i in range(count)]
            texts = [ctypes.string_at(self.StringGetDataPointer(p), self.StringGetSize(p)) for p in places]
            return np.array(texts, object).reshape(shape)
        kind = np.dtype(TYPES[self.TensorType(tensor)])
        return np.frombuffer(ctypes.string_at(data, count * kind.itemsize), kind).reshape(shape)


class Session:
    """A SavedModel that is loaded."""

    def __init__(self, api, folder, optimised=True):
        self.api, self.graph, status = api, api.NewGraph(), api.NewStatus()
        options = api.NewSessionOptions()
        if not optimised:
            api.SetConfig(options, UNOPTIMISED, len(UNOPTIMISED), status)
        tags = (c_char_p * 1)(b"serve")
        self.session = api.LoadSessionFromSavedModel(
            options, None, str(folder).encode(), tags, 1, self.graph, None, status
        )
        if api.GetCode(status):
            raise RuntimeError(api.Message(status).decode())

    def outputs(self, names):
        array = (Output * len(names))()
        for output, name in zip(array, names):
            operation, _, index = name.partition(":")
            output.operation = self.api.GraphOperationByName(self.graph, operation.encode())
            assert output.operation, f"the graph has no operation {operation!r}"
            output.index = int(index)
        return array

    def run(self, feeds, fetches):
        api, status = self.api, self.api.NewStatus()
        values = (c_void_p * len(feeds))(*(api.tensor(value) for value in feeds.values()))
        results = (c_void_p * len(fetches))()
        api.SessionRun(
            self.session,
            None,
            byref(self.outputs(list(feeds))),
            byref(values),
            len(feeds),
            byref(self.outputs(fetches)),
            byref(results),
            len(fetches),
            None,
            0,
            None,
            status,
        )
        for value in values:
            api.DeleteTensor(value)
        if api.GetCode(status):
            return api.GetCode(status), api.Message(status).decode()
        arrays = [api.array(result) for result in results]
        for result in results:
            api.DeleteTensor(result)
        return arrays


def main(libraries, folder, jobs, results):
    api = Api(libraries)
    begin = time.monotonic()
    sessions = {True: Session(api, folder)}
    seconds = time.monotonic() - begin
    sessions[False] = Session(api, folder, optimised=False)
    jobs = pickle.loads(Path(jobs).read_bytes())
    done = [sessions[optimised].run(feeds, fetches) for feeds, fetches, optimised in jobs]
    modules = sorted({name.partition(".")[0] for name in sys.modules})
    report = {"seconds": seconds, "modules": modules, "results": done}
    Path(results).write_bytes(pickle.dumps(report))


if __name__ == "__main__":
    main(*sys.argv[1:])
