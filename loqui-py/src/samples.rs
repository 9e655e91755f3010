//! The samples of speech, exposed through the buffer protocol without copying.

#![expect(unsafe_code, reason = "the buffer protocol uses raw pointers")]

use std::ffi::c_int;
use std::ptr;

use pyo3::exceptions::PyBufferError;
use pyo3::ffi;
use pyo3::prelude::*;

/// 32-bit floats from -1 to 1. The speech they belong to lives until the last view is released.
#[pyclass(frozen, module = "loqui._loqui")]
#[derive(Debug)]
pub(crate) struct Samples {
    speech: loqui_core::Speech,
    shape: [ffi::Py_ssize_t; 1],
    strides: [ffi::Py_ssize_t; 1],
}

impl Samples {
    /// Decodes the samples unless they are decoded already.
    pub(crate) fn of(speech: loqui_core::Speech) -> Self {
        let length = speech.samples().len();
        Self {
            speech,
            shape: [signed(length)],
            strides: [signed(size_of::<f32>())],
        }
    }
}

/// Converts a size to the type of the C API. Sizes of objects in memory fit.
fn signed(size: usize) -> ffi::Py_ssize_t {
    ffi::Py_ssize_t::try_from(size).unwrap_or(ffi::Py_ssize_t::MAX)
}

#[pymethods]
impl Samples {
    fn __len__(&self) -> usize {
        self.speech.samples().len()
    }

    /// # Safety
    ///
    /// The interpreter passes a view that the method may fill.
    unsafe fn __getbuffer__(slf: Bound<'_, Self>, view: *mut ffi::Py_buffer, flags: c_int) -> PyResult<()> {
        if view.is_null() {
            return Err(PyBufferError::new_err("the view is null"));
        }
        let asked = |flag: c_int| flags & flag == flag;
        let this = slf.get();
        let samples = this.speech.samples();
        // SAFETY: the view comes from the interpreter and is not null. All pointers lead into `this`, which is frozen and
        // kept alive by `obj` until the view is released. The view is read-only, so nothing writes through them.
        unsafe {
            (*view).obj = ptr::null_mut();
            if asked(ffi::PyBUF_WRITABLE) {
                return Err(PyBufferError::new_err("the samples of speech are read-only"));
            }
            (*view).buf = samples.as_ptr().cast_mut().cast();
            (*view).len = signed(size_of_val(samples));
            (*view).readonly = 1;
            (*view).itemsize = this.strides[0];
            (*view).format = if asked(ffi::PyBUF_FORMAT) {
                c"f".as_ptr().cast_mut()
            } else {
                ptr::null_mut()
            };
            (*view).ndim = 1;
            (*view).shape = if asked(ffi::PyBUF_ND) {
                this.shape.as_ptr().cast_mut()
            } else {
                ptr::null_mut()
            };
            (*view).strides = if asked(ffi::PyBUF_STRIDES) {
                this.strides.as_ptr().cast_mut()
            } else {
                ptr::null_mut()
            };
            (*view).suboffsets = ptr::null_mut();
            (*view).internal = ptr::null_mut();
            (*view).obj = slf.into_ptr();
        }
        Ok(())
    }
}
