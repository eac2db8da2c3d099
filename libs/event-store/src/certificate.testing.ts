export { selfSignedCertificate } from './kurrentdb/stand-in/certificate.testing.js';
