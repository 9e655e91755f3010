"""The comparison backend: FastAPI for HTTP, SQLAlchemy for records, Celery for work."""

import hashlib
import os
import uuid
from pathlib import Path
from typing import Annotated

import jwt
from fastapi import Depends, FastAPI, Form, HTTPException, UploadFile
from fastapi.security import OAuth2PasswordBearer
from pydantic import BaseModel
from records import AudioSample, GeneratedAudio, Session, User
from sqlalchemy import select
from sqlalchemy.orm import Session as Records
from tasks import generate

STORAGE = Path(os.environ["STORAGE"])
SECRET = os.environ["JWT_SECRET"]
app = FastAPI()
bearer = OAuth2PasswordBearer("/api/auth/login")


def hashed(password: str) -> str:
    return hashlib.scrypt(password.encode(), salt=b"benchmark", n=2**14, r=8, p=1).hex()


with Session() as session:
    if not session.scalar(select(User)):
        session.add(User(username="testuser", password_hash=hashed("testpass123")))
        session.commit()


def records():
    with Session() as session:
        yield session


Database = Annotated[Records, Depends(records)]


def signed_in(database: Database, token: Annotated[str, Depends(bearer)]) -> User:
    try:
        name = jwt.decode(token, SECRET, algorithms=["HS256"])["sub"]
    except jwt.InvalidTokenError:
        raise HTTPException(401, "Could not validate credentials") from None
    user = database.scalar(select(User).where(User.username == name))
    if user is None:
        raise HTTPException(401, "Could not validate credentials")
    return user


Me = Annotated[User, Depends(signed_in)]


@app.post("/api/auth/login")
def login(database: Database, username: Annotated[str, Form()], password: Annotated[str, Form()]) -> dict[str, str]:
    user = database.scalar(select(User).where(User.username == username))
    if user is None or user.password_hash != hashed(password):
        raise HTTPException(401, "Incorrect username or password")
    return {"access_token": jwt.encode({"sub": username}, SECRET, "HS256"), "token_type": "bearer"}


@app.post("/api/samples/upload", status_code=201)
def upload(database: Database, me: Me, sample_name: Annotated[str, Form()], file: UploadFile) -> dict[str, int]:
    path = STORAGE / f"{uuid.uuid4()}.mp3"
    path.write_bytes(file.file.read())
    sample = AudioSample(user_id=me.id, name=sample_name, file_path=str(path))
    database.add(sample)
    database.commit()
    return {"sample_id": sample.id}


class Create(BaseModel):
    sample_id: int
    model_name: str
    script_text: str


@app.post("/api/generation/create", status_code=201)
def create(database: Database, me: Me, wanted: Create) -> dict[str, object]:
    sample = database.get(AudioSample, wanted.sample_id)
    if sample is None or sample.user_id != me.id:
        raise HTTPException(404, "Audio sample not found")
    audio = GeneratedAudio(user_id=me.id, **wanted.model_dump())
    database.add(audio)
    database.commit()
    generate.delay(audio.id)
    return {"audio_id": audio.id, "status": audio.status, "generated_at": audio.generated_at}


@app.get("/api/generation/status/{audio_id}")
def status(database: Database, me: Me, audio_id: int) -> dict[str, object]:
    audio = database.get(GeneratedAudio, audio_id)
    if audio is None or audio.user_id != me.id:
        raise HTTPException(404, "Generation not found")
    return {"audio_id": audio.id, "status": audio.status}
