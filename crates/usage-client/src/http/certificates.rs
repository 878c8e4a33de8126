//! Which certificate authorities are trusted besides, or in place of, those of the system.

use std::{
    ffi::OsString,
    fs, io,
    path::{Path, PathBuf},
};

use rustls::{
    RootCertStore,
    pki_types::{CertificateDer, pem::PemObject as _},
};

use crate::error::{ConfigError, failure::Reason};

/// Names a file of certificates that are trusted in place of the system's.
const FILE: &str = "SSL_CERT_FILE";

/// Names folders of such files, separated by colons.
const FOLDERS: &str = "SSL_CERT_DIR";

/// Where systems have their certificates, from the sources of OpenSSL's packages.
const SYSTEM: [&str; 5] = [
    "/etc/ssl/certs/ca-certificates.crt",
    "/etc/pki/ca-trust/extracted/pem/tls-ca-bundle.pem",
    "/etc/pki/tls/certs/ca-bundle.crt",
    "/etc/ssl/ca-bundle.pem",
    "/etc/ssl/cert.pem",
];

/// Reads the certificates of a text in PEM; there has to be one.
pub(crate) fn in_pem(pem: &[u8]) -> Result<Vec<CertificateDer<'static>>, ConfigError> {
    let certificates = usable(pem);
    if certificates.is_empty() {
        return Err(ConfigError::Certificates);
    }
    Ok(certificates)
}

/// Reads the certificates that the environment names; `None` if it names none, and those of the system count.
///
/// The TLS library reads the same variables. It goes on without any certificate where it cannot read them, and takes
/// an empty variable for the name of a file.
pub(crate) fn of_environment(
    variable: impl Fn(&str) -> Option<OsString>,
) -> Result<Option<Vec<CertificateDer<'static>>>, ConfigError> {
    let (file, folders) = (variable(FILE), variable(FOLDERS));
    let is_set = |value: &&OsString| !value.is_empty();
    let mut certificates = Vec::new();
    if let Some(file) = file.as_ref().filter(is_set) {
        let file = Path::new(file);
        let found = read(file).map_err(|error| unreadable(FILE, file, &error))?;
        if found.is_empty() {
            return Err(without(FILE, file));
        }
        certificates.extend(found);
    }
    if let Some(folders) = folders.as_ref().filter(is_set) {
        let folders = std::env::split_paths(folders).filter(|path| !path.as_os_str().is_empty());
        let folders: Vec<PathBuf> = folders.collect();
        let mut found = Vec::new();
        for folder in &folders {
            let files = files(folder).map_err(|error| unreadable(FOLDERS, folder, &error))?;
            // A folder may have other files too.
            found.extend(files.iter().filter_map(|file| read(file).ok()).flatten());
        }
        if let (true, Some(folder)) = (found.is_empty(), folders.first()) {
            return Err(without(FOLDERS, folder));
        }
        certificates.extend(found);
    }
    if certificates.is_empty() && (file.is_some() || folders.is_some()) {
        let system = SYSTEM.iter().filter_map(|path| read(Path::new(path)).ok());
        certificates = system.into_iter().next().unwrap_or_default();
    }
    Ok((!certificates.is_empty()).then_some(certificates))
}

fn unreadable(variable: &'static str, path: &Path, error: &io::Error) -> ConfigError {
    ConfigError::CertificatePath {
        variable,
        path: path.display().to_string(),
        reason: Reason(error.to_string()),
    }
}

fn without(variable: &'static str, path: &Path) -> ConfigError {
    ConfigError::NoCertificates {
        variable,
        path: path.display().to_string(),
    }
}

fn files(folder: &Path) -> io::Result<Vec<PathBuf>> {
    let mut files = Vec::new();
    for entry in fs::read_dir(folder)? {
        let path = entry?.path();
        if path.is_file() {
            files.push(path);
        }
    }
    files.sort();
    Ok(files)
}

fn read(file: &Path) -> io::Result<Vec<CertificateDer<'static>>> {
    Ok(usable(&fs::read(file)?))
}

/// The certificates of a text in PEM that can be trusted. Bundles may have some that are too old for that.
fn usable(pem: &[u8]) -> Vec<CertificateDer<'static>> {
    let certificates = CertificateDer::pem_slice_iter(pem).flatten();
    certificates
        .filter(|certificate| RootCertStore::empty().add(certificate.clone()).is_ok())
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_environment_that_names_no_certificates_leaves_those_of_the_system() {
        assert!(of_environment(|_| None).unwrap().is_none());
    }

    #[test]
    fn an_empty_variable_names_no_certificates() {
        for empty in [FILE, FOLDERS] {
            let variable = |name: &str| (name == empty).then(OsString::new);
            // Those of the system, if it has any: no file of that name is looked for.
            assert!(of_environment(variable).is_ok(), "{empty}");
        }
    }
}
